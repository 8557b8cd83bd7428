import type pg from 'pg'
import { databaseFault } from '../core/database-fault.ts'

interface Shared {
  readonly client: Promise<pg.PoolClient>
  users: number
  broken: boolean
}

/** Dying between two queries is reported by the next one. */
const ignore = () => undefined

/**
 * One connection of a pool, for all who need one at a time: what the second one asks is sent in the moment in which the
 * first one has its answer. It goes back when nobody needs it. One on which anything went wrong but a refusal of data, or a
 * race that was lost, is not used again.
 */
export class SharedConnection {
  readonly #pool: pg.Pool
  #shared: Shared | null = null

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** @throws what the work throws, and where there is no connection */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    this.#shared ??= { client: this.#connect(), users: 0, broken: false }
    const shared = this.#shared
    shared.users += 1
    try {
      return await work(await shared.client)
    } catch (error) {
      shared.broken ||= isBroken(error)
      throw error
    } finally {
      shared.users -= 1
      if (this.#shared === shared && (shared.broken || shared.users === 0)) this.#shared = null
      if (shared.users === 0) shared.client.then((client) => release(client, shared.broken), ignore)
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect()
    client.on('error', ignore)
    return client
  }
}

function isBroken(error: unknown): boolean {
  const fault = databaseFault(error)
  return fault !== 'isolate' && fault !== 'conflict'
}

function release(client: pg.PoolClient, broken: boolean): void {
  client.off('error', ignore)
  client.release(broken)
}

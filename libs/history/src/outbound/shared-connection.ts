import type pg from 'pg'
import { databaseFault } from '../core/database-fault.ts'

/** A connection that was asked of the pool, and how many use it. */
interface Lent {
  readonly client: Promise<pg.PoolClient>
  users: number
  isBroken: boolean
}

/** If the connection breaks between two queries, the next one reports it. */
const ignore = () => undefined

/**
 * One connection of a pool, shared by all who need one at the same time. If the pool pipelines, the database has the next
 * transaction before it has finished the last one. The connection goes back to the pool when nobody uses it. After any
 * error other than refused data or a lost race, it is not used again.
 */
export class SharedConnection {
  readonly #pool: pg.Pool
  #lent: Lent | null = null

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /**
   * @param work runs beside the work of others: each of its queries has to be a transaction of its own
   * @throws what the work throws, and where there is no connection
   */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    this.#lent ??= { client: this.#connect(), users: 0, isBroken: false }
    const lent = this.#lent
    lent.users += 1
    try {
      return await work(await lent.client)
    } catch (error) {
      if (isBroken(error)) lent.isBroken = true
      throw error
    } finally {
      lent.users -= 1
      this.#look(lent)
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect()
    client.on('error', ignore)
    return client
  }

  #look(lent: Lent): void {
    if (lent.users > 0 && !lent.isBroken) return
    if (this.#lent === lent) this.#lent = null
    if (lent.users > 0) return
    const giveBack = (client: pg.PoolClient) => {
      client.off('error', ignore)
      client.release(lent.isBroken)
    }
    // If there is none, all who asked got the error.
    void lent.client.then(giveBack, ignore)
  }
}

function isBroken(error: unknown): boolean {
  const fault = databaseFault(error)
  return fault !== 'isolate' && fault !== 'conflict'
}

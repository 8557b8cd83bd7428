import type pg from 'pg'
import { databaseFault } from '../core/database-fault.ts'

/** Something that is to be done on the connection. */
interface Job {
  /** Gives what is to be told to whoever asked for it. */
  readonly run: (client: pg.PoolClient) => Promise<() => void>
  readonly refuse: (error: unknown) => void
}

/** Dying between two queries is reported by the next one. */
const ignore = () => undefined

/**
 * One connection of a pool for one after the other. The next one begins in the moment in which the last one is done, before
 * anybody hears of it: so the database waits for nobody's reading and acknowledging. It goes back when nobody needs it; one
 * on which anything went wrong but a refusal of data, or a race that was lost, is not used again.
 */
export class SharedConnection {
  readonly #pool: pg.Pool
  readonly #waiting: Job[] = []
  #isWorking = false
  #client: pg.PoolClient | null = null

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** @throws what the work throws, and where there is no connection */
  use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const run = async (client: pg.PoolClient) => {
      const result = await work(client)
      return () => resolve(result)
    }
    this.#waiting.push({ run, refuse: reject })
    if (!this.#isWorking) this.#next()
    return promise
  }

  #next(): void {
    const job = this.#waiting.shift()
    this.#isWorking = job !== undefined
    if (job !== undefined) void this.#do(job)
    else this.#giveBack(false)
  }

  async #do({ run, refuse }: Job): Promise<void> {
    let tell: () => void
    try {
      tell = await run(this.#client ?? (await this.#connect()))
    } catch (error) {
      if (isBroken(error)) this.#giveBack(true)
      tell = () => refuse(error)
    }
    this.#next()
    tell()
  }

  async #connect(): Promise<pg.PoolClient> {
    this.#client = await this.#pool.connect()
    this.#client.on('error', ignore)
    return this.#client
  }

  #giveBack(broken: boolean): void {
    const client = this.#client
    this.#client = null
    client?.off('error', ignore)
    client?.release(broken)
  }
}

function isBroken(error: unknown): boolean {
  const fault = databaseFault(error)
  return fault !== 'isolate' && fault !== 'conflict'
}

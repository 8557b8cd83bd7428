import type pg from 'pg'

/** How long one statement may take; the database ends it then. */
const READ_WITHIN_MS = 15_000

/** Runs one statement, with the rows as the statement names them. */
export type Select = <Row extends pg.QueryResultRow>(
  text: string,
  values: readonly unknown[],
) => Promise<readonly Row[]>

/** Reads of the history, for people: each in a transaction that can change nothing, and ends in time. */
export class HistoryReader {
  readonly #pool: pg.Pool

  readonly #withinMs: number

  /**
   * @param pool of a user that may read, see `DATABASE_ROLES`
   * @param withinMs how long one statement may take
   */
  constructor(pool: pg.Pool, withinMs: number = READ_WITHIN_MS) {
    this.#pool = pool
    this.#withinMs = withinMs
  }

  /**
   * All statements of one piece of work see the same history.
   * @throws what the database says; `isTooSlow` tells a read that was ended from others
   */
  async read<T>(work: (select: Select) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      // To compile a statement over many partitions takes longer than these run.
      await client.query(`SET LOCAL statement_timeout = ${this.#withinMs}; SET LOCAL jit = off`)
      const result = await work(async (text, values) => (await client.query(text, [...values])).rows)
      await client.query('COMMIT')
      client.release()
      return result
    } catch (error) {
      // Whatever state the connection is in, nobody else gets it.
      client.release(true)
      throw error
    }
  }
}

/** query_canceled: the time of a statement was over. */
const QUERY_CANCELED = '57014'

export function isTooSlow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === QUERY_CANCELED
}

import pg from 'pg'
import type { Logger } from './log.ts'

/**
 * A pool whose idle connections may break without ending the process. Queries on a connection are pipelined: they are sent
 * before earlier ones are answered. `pg-cursor`, `pg-query-stream` and `pg-copy-streams` cannot use it.
 * @param address where to connect; a function is called for each new connection, and must not throw
 */
export function createPool(
  address: string | (() => string),
  applicationName: string,
  max: number,
  log: Logger,
): pg.Pool {
  const addressNow = typeof address === 'string' ? () => address : address
  // A pool accepts only a fixed address (and a function for the password); but users and hosts change, too.
  class AddressedClient extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super({ ...options, connectionString: addressNow() })
    }
  }
  const pool = new pg.Pool({
    Client: AddressedClient,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
    keepAlive: true,
    pipeline: true,
  })
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'))
  return pool
}

/**
 * Does work in one transaction: all of it or nothing.
 * @param client used by nobody else meanwhile
 * @throws what the work throws, and what the database refuses
 */
export async function inTransaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

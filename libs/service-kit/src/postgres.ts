import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { type DatabaseConfig, isDatabaseUrl, readSecret, withDatabaseTls } from '@drawbridge/settings'
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

/** Reads the address of a database from a mounted secret file; a refusal does not quote its content. */
export function readDatabaseUrl(file: string): Parsed<string> {
  const address = readSecret(file)
  if (!address.ok || isDatabaseUrl(address.value)) return address
  return refused(`${file} does not hold an address like "postgres://user:password@host/db"`)
}

/**
 * The current address of the database. Parts in a file (all of it or its password) are read at each call, so that changed
 * credentials need no restart. While the file cannot be read, the last address is used, and one warning is logged.
 */
export function databaseAddress(config: DatabaseConfig, log: Logger): () => string {
  const { databaseUrlFile, databasePasswordFile, databaseCaFile } = config
  let last = config.databaseUrl
  let fault: string | null = null
  const read = (): Parsed<string> => {
    if (databaseUrlFile !== null) {
      const address = readDatabaseUrl(databaseUrlFile)
      return address.ok ? withDatabaseTls(address.value, databaseCaFile) : address
    }
    if (databasePasswordFile === null) return parsed(last)
    const password = readSecret(databasePasswordFile)
    return password.ok ? parsed(withPassword(config.databaseUrl, password.value)) : password
  }
  return () => {
    const address = read()
    if (address.ok) last = address.value
    else if (address.reason !== fault) {
      log.warn({ reason: address.reason }, 'could not reload the address of the database; keeping the previous one')
    }
    fault = address.ok ? null : address.reason
    return last
  }
}

function withPassword(address: string, password: string): string {
  const url = new URL(address)
  url.password = encodeURIComponent(password)
  return url.href
}

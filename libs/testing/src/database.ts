import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** A database for one test file. */
export interface TestDatabase {
  readonly url: string
  /** Drops it, even with open connections. Dropping twice is safe. */
  readonly drop: () => Promise<void>
}

/** Creates an empty database with a unique name on the server of `adminUrl`. */
export async function createDatabaseOn(adminUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  // template1 may have connections, or extensions of the image; template0 has neither.
  await runSql(adminUrl, `CREATE DATABASE ${name} TEMPLATE template0`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => runSql(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function runSql(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 60_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

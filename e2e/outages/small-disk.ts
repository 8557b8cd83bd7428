import { createDatabaseOn, type DatabaseServer, type TestDatabase } from '@drawbridge/testing'
import pg from 'pg'
import { query } from '../history.ts'

const DISK_FULL = '53100'

/** Makes a database whose tables are on the small disk of a server. */
export async function createSmallDatabase(server: DatabaseServer, path: string): Promise<TestDatabase> {
  await query(server.url, `CREATE TABLESPACE small LOCATION '${path}'`)
  const database = await createDatabaseOn(server.url)
  await query(server.url, `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_tablespace = small`)
  return database
}

/** Fills the disk to its last page with an unused table. */
export async function fillDisk({ url }: TestDatabase): Promise<void> {
  // A vacuum would free the pages of the failed insert.
  await query(url, 'CREATE TABLE filler (text text) WITH (autovacuum_enabled = off)')
  for (const rows of [100_000, 1_000, 10, 1]) {
    while (await inserts(url, `INSERT INTO filler SELECT md5(n::text) FROM generate_series(1, ${rows}) n`));
  }
}

export async function makeRoom({ url }: TestDatabase): Promise<void> {
  await query(url, 'DROP TABLE filler')
}

async function inserts(url: string, sql: string): Promise<boolean> {
  try {
    await query(url, sql)
    return true
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === DISK_FULL) return false
    throw error
  }
}

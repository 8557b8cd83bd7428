import pg from 'pg'
import { createDatabaseOn } from './database.ts'

/** Which TimescaleDB a server has: none, the Apache edition, or the community edition. */
export type Timescale = 'none' | 'apache' | 'community'

export async function detectTimescale(adminUrl: string): Promise<Timescale> {
  const database = await createDatabaseOn(adminUrl)
  const client = new pg.Client({ connectionString: database.url, connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
    const available = await client.query("SELECT FROM pg_available_extensions WHERE name = 'timescaledb'")
    if (available.rowCount === 0) return 'none'
    await client.query('CREATE EXTENSION timescaledb')
    const { rows } = await client.query<{ license: string }>("SELECT current_setting('timescaledb.license') AS license")
    return rows[0]?.license === 'timescale' ? 'community' : 'apache'
  } finally {
    await client.end().catch(() => {})
    await database.drop()
  }
}

import { fileURLToPath } from 'node:url'
import type { Logger } from '@drawbridge/service-kit'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { ensureRoles } from './roles.ts'
import { ensureStorage, type Storage } from './storage.ts'

const folder = {
  migrationsFolder: fileURLToPath(new URL('../sql', import.meta.url)),
  migrationsSchema: 'drizzle',
  migrationsTable: '__drizzle_migrations',
}
const CONNECT_WITHIN_MS = 10_000

/**
 * Brings a database up to date, if it is not. Any number of processes may do so at once; one works, the others wait for it.
 * @returns how the history is stored there.
 * @throws what the database refuses, and if it cannot be reached within 10 seconds.
 */
export async function migrate(databaseUrl: string, log: Logger): Promise<Storage> {
  return withClient(databaseUrl, async (client) => {
    // Held until the connection ends, so that a process that dies releases it.
    await client.query(`SELECT pg_advisory_lock(hashtextextended('drawbridge migrations', 0))`)
    await installTimescale(client, databaseUrl, log)
    await runMigrations(drizzle(client), folder)
    const storage = await ensureStorage(client)
    await ensureRoles(client, log)
    log.info({ storage }, 'database is up to date')
    return storage
  })
}

/** The database lacks all tables, the newest migrations, or nothing. */
export type SchemaStatus = 'missing' | 'outdated' | 'ready'

export async function schemaStatus(client: pg.ClientBase): Promise<SchemaStatus> {
  const table = `${folder.migrationsSchema}.${folder.migrationsTable}`
  const found = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [table])
  if (found.rows[0]?.found !== true) return 'missing'
  const applied = await client.query<{ newest: string | null }>(`SELECT max(created_at) AS newest FROM ${table}`)
  const newest = applied.rows[0]?.newest ?? null
  if (newest === null) return 'missing'
  const wanted = readMigrationFiles(folder).at(-1)?.folderMillis ?? 0
  return Number(newest) >= wanted ? 'ready' : 'outdated'
}

/** Why the tables do not match this program, with what to do; null: they do. */
export async function schemaFault(client: pg.ClientBase): Promise<string | null> {
  const status = await schemaStatus(client)
  if (status === 'ready') return null
  const what = status === 'missing' ? 'has no tables yet' : 'has tables older than this program'
  return `the database ${what}; bring it up to date with: npm run migrate`
}

/** Creates the extension if the server has and permits it; on a separate connection, which creating it may end. */
async function installTimescale(client: pg.Client, databaseUrl: string, log: Logger): Promise<void> {
  const available = await client.query(
    `SELECT FROM pg_available_extensions WHERE name = 'timescaledb' AND installed_version IS NULL`,
  )
  if (available.rowCount === 0) return
  try {
    await withClient(databaseUrl, (own) => own.query('CREATE EXTENSION IF NOT EXISTS timescaledb'))
  } catch (error) {
    // An existing history needs no extension any more; a new one is stored in native partitions.
    log.warn({ err: error }, 'TimescaleDB is available but cannot be installed; continuing without it')
  }
}

async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'drawbridge-migrate',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
  })
  // Without a listener a connection that dies between two queries would end the process; the next query reports it.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

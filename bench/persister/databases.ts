import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, startPrivatePostgres } from '@drawbridge/dev-stack'
import { detectStorage, migrate, type Storage } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import pg from 'pg'
import { createDatabaseOn, type TestDatabase } from '../../libs/test-kit/src/database.ts'
import { startDocker } from '../../libs/test-kit/src/docker-servers.ts'

/** Where the history is kept. */
export type Tier = 'timescale' | 'postgres'

/** A database server, with the settings that it comes with. */
export interface BenchDatabase {
  readonly tier: Tier
  readonly version: string
  readonly storage: Storage
  /** Gives an empty database with the tables in it, on a server that has nothing left to write. */
  fresh(): Promise<TestDatabase>
  /** Stops the server as its operator would; what it answers starts it again. Plain PostgreSQL alone can do that. */
  halt(): Promise<() => Promise<void>>
  stop(): Promise<void>
}

interface Server {
  readonly url: string
  readonly halt: () => Promise<() => Promise<void>>
  readonly stop: () => Promise<void>
}

const silent = createLogger('bench', 'silent')

/** TimescaleDB runs in a container. @throws where it cannot be started */
export async function startDatabase(tier: Tier): Promise<BenchDatabase> {
  const server = tier === 'timescale' ? await startTimescale() : await startPlain()
  const fresh = async () => {
    const database = await createDatabaseOn(server.url)
    await migrate(database.url, silent)
    await query(database.url, 'CHECKPOINT')
    return database
  }
  try {
    const probe = await fresh()
    const found = await versionOf(probe.url)
    await probe.drop()
    return { tier, ...found, fresh, halt: server.halt, stop: server.stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function startTimescale(): Promise<Server> {
  const { databaseUrl, stop } = await startDocker({ nats: false, database: true })
  const halt = () => Promise.reject(new Error('the container would come back on another port'))
  return { url: databaseUrl ?? '', halt, stop }
}

async function startPlain(): Promise<Server> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-bench-'))
  const port = await freePort()
  let server = await startPrivatePostgres({ dataDir, port })
  const halt = async () => {
    await server.stop()
    return async () => {
      server = await startPrivatePostgres({ dataDir, port })
    }
  }
  const stop = async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { url: server.url, halt, stop }
}

/** Asks the database something, on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<readonly Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(text)).rows)
}

async function versionOf(url: string) {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ server: string; timescale: string | null }>(
      `SELECT current_setting('server_version') AS server,
        (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescale`,
    )
    const { server = 'unknown', timescale = null } = rows[0] ?? {}
    const version = `PostgreSQL ${server}${timescale === null ? '' : ` with TimescaleDB ${timescale}`}`
    return { version, storage: await detectStorage(client) }
  })
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

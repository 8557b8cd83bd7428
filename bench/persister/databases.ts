import { freePort, startPrivatePostgres } from '@drawbridge/dev-stack'
import { detectStorage, migrate, type Storage } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { DATABASE_PASSWORD, databaseContainer } from '@drawbridge/testing/docker-servers'
import { createDatabaseOn, type TestDatabase } from '@drawbridge/testing/processes'
import pg from 'pg'
import { use, useFolder } from '../released.ts'

/** Where the history is kept. */
export type Tier = 'timescale' | 'postgres'

/** A database server, with the settings that it comes with. */
export interface BenchDatabase {
  readonly tier: Tier
  readonly version: string
  readonly storage: Storage
  /** Gives an empty database with the tables in it, on a server that has nothing left to write. */
  fresh(): Promise<TestDatabase>
  /** Makes the server useless; what it answers ends that. Plain PostgreSQL alone can do it. */
  readonly outages: Readonly<Record<OutageKind, Outage>>
  stop(): Promise<void>
}

/** Stopped as its operator would; up, and taking no writes; up, with every connection cut and none let in. */
export const OUTAGE_KINDS = ['stopped', 'readOnly', 'cutOff'] as const
export type OutageKind = (typeof OUTAGE_KINDS)[number]
/** @param url of the database that goes out */
export type Outage = (url: string) => Promise<() => Promise<unknown>>

interface Server {
  readonly url: string
  readonly outages: BenchDatabase['outages']
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
    return { tier, ...found, fresh, outages: server.outages, stop: server.stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/**
 * Reached where it is, as a persister in a container of its own reaches it, wherever that can be done. The way over a port of
 * this machine leads through a process that copies all that comes.
 */
async function startTimescale(): Promise<Server> {
  const { value: container, release: stop } = await use(
    'container',
    () => databaseContainer().start(),
    (started) => started.stop({ remove: true, removeVolumes: true }),
  )
  const address =
    process.platform === 'linux'
      ? `${container.getIpAddress('bridge')}:5432`
      : `${container.getHost()}:${container.getMappedPort(5432)}`
  const none = () => Promise.reject(new Error('a container would come back on another port'))
  return {
    url: `postgres://postgres:${DATABASE_PASSWORD}@${address}/postgres`,
    outages: { stopped: none, readOnly: none, cutOff: none },
    stop,
  }
}

async function startPlain(): Promise<Server> {
  const { value: dataDir, release: removeFolder } = await useFolder()
  const port = await freePort()
  const start = () => startPrivatePostgres({ dataDir, port })
  let last: Awaited<ReturnType<typeof start>>
  const startAgain = async () => {
    last = await start()
    return last
  }
  const stopLast = () => last.stop()
  const { value, release: stopServer } = await use('PostgreSQL', startAgain, stopLast)
  const stopped = async () => {
    await stopLast()
    return startAgain
  }
  const stop = async () => {
    await stopServer()
    await removeFolder()
  }
  return { url: value.url, outages: { stopped, readOnly, cutOff }, stop }
}

async function readOnly(url: string): Promise<() => Promise<unknown>> {
  await query(url, 'ALTER SYSTEM SET default_transaction_read_only = on')
  await query(url, 'SELECT pg_reload_conf()')
  return async () => {
    await query(url, 'ALTER SYSTEM RESET default_transaction_read_only')
    await query(url, 'SELECT pg_reload_conf()')
  }
}

async function cutOff(url: string): Promise<() => Promise<unknown>> {
  const name = new URL(url).pathname.slice(1)
  const elsewhere = new URL(url)
  elsewhere.pathname = '/postgres'
  await query(elsewhere.href, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`)
  await query(
    elsewhere.href,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
  )
  return () => query(elsewhere.href, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`)
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

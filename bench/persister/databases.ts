import { freePort, startPrivatePostgres } from '@drawbridge/dev-stack'
import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { DATABASE_PASSWORD, databaseContainer } from '@drawbridge/testing/docker-servers'
import { createDatabaseOn } from '@drawbridge/testing/processes'
import pg from 'pg'
import { use, useFolder } from '../released.ts'

/** Stopped as an operator stops it; up, but read-only; up, with all connections cut and none accepted. */
export const OUTAGE_KINDS = ['stopped', 'readOnly', 'cutOff'] as const
export type OutageKind = (typeof OUTAGE_KINDS)[number]
/** Makes the server unusable for the database at `url`; the returned function ends that. */
type Outage = (url: string) => Promise<() => Promise<unknown>>

/** A database server with its default settings. */
interface Server {
  readonly url: string
  /** Only plain PostgreSQL can have them. */
  readonly outages: Readonly<Record<OutageKind, Outage>>
  readonly stop: () => Promise<void>
}

const silent = createLogger('bench', 'silent')

export type BenchDatabase = Awaited<ReturnType<typeof startDatabase>>

/** TimescaleDB runs in a container. @throws if it cannot be started */
export async function startDatabase(tier: 'timescale' | 'postgres') {
  const { url, outages, stop } = tier === 'timescale' ? await startTimescale() : await startPlain()
  /** An empty database with the tables, on a server that has nothing left to write. */
  const fresh = async () => {
    const database = await createDatabaseOn(url)
    await migrate(database.url, silent)
    await query(database.url, 'CHECKPOINT')
    return { url: database.url, [Symbol.asyncDispose]: database.drop }
  }
  try {
    await using probe = await fresh()
    return { version: await versionOf(probe.url), fresh, outages, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Linux reaches the container at its own address, as a persister in another container does. A published port of this
 * machine leads through a process that copies everything.
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
  const none = () => Promise.reject(new Error('a container gets another port when it restarts'))
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

/** @throws if the history does not have this many rows */
export async function requireRows(url: string, expected: number): Promise<void> {
  const [row] = await query<{ rows: string }>(url, 'SELECT count(*) AS rows FROM risk_state_history')
  if (Number(row?.rows) !== expected) throw new Error(`the history has ${row?.rows} rows instead of ${expected}`)
}

async function versionOf(url: string): Promise<string> {
  const [row] = await query<{ server: string; timescale: string | null }>(
    url,
    `SELECT current_setting('server_version') AS server,
      (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescale`,
  )
  const { server = 'unknown', timescale = null } = row ?? {}
  return `PostgreSQL ${server}${timescale === null ? '' : ` with TimescaleDB ${timescale}`}`
}

/** Queries the database over a separate connection. */
export async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

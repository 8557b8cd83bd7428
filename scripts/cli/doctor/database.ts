import { Socket } from 'node:net'
import { streams } from '@drawbridge/contracts'
import { ADOPT, boundTo } from '@drawbridge/history'
import { detectStorage, schemaStatus } from '@drawbridge/migrations'
import { databaseAddress, type Logger } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import type { JetStreamManager } from '@nats-io/jetstream'
import pg from 'pg'
import { type Finding, fault, firstLine, ok, warning } from './finding.ts'
import { isAtLeast } from './machine.ts'

const CONNECT_WITHIN_MS = 5_000
const ANSWERS_WITHIN_MS = 4_000
const OLDEST_POSTGRESQL = '15'
const OLDEST_TIMESCALE = '2.19'
const FREE_MIN = 10
const BEHIND_MAX = 10_000

/** The database of the settings, as far as it could be reached. */
export interface Database {
  readonly findings: readonly Finding[]
  /** Null: it was not reached. */
  readonly client: pg.Client | null
  readonly hasTables: boolean
  /** Ends the connection at once. */
  readonly leave: () => void
}

export async function reachDatabase(config: Config, log: Logger): Promise<Database> {
  const socket = new Socket()
  const client = new pg.Client({
    connectionString: databaseAddress(config, log)(),
    application_name: 'drawbridge doctor',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWERS_WITHIN_MS,
    stream: () => socket,
  })
  client.on('error', () => undefined)
  const leave = () => void socket.destroy()
  try {
    await client.connect()
  } catch (error) {
    const { host, port, database } = client
    const advice = 'start it, or set DATABASE_URL (or DB_HOST and its like)'
    const found = fault('PostgreSQL', `${host}:${port}/${database}: ${firstLine(error)}`, advice)
    return { findings: [found], client: null, hasTables: false, leave }
  }
  const [server, migrations] = [await checkServer(client), await checkMigrations(client)]
  return { findings: [...server, migrations], client, hasTables: migrations.status === 'ok', leave }
}

async function checkServer(client: pg.Client): Promise<readonly Finding[]> {
  const { rows } = await client.query<{ postgresql: string; timescale: string | null; license: string | null }>(
    `SELECT current_setting('server_version') AS postgresql,
            (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescale,
            current_setting('timescaledb.license', true) AS license`,
  )
  const [{ postgresql = '', timescale = null, license = null } = {}] = rows
  const server = `${postgresql.split(' ')[0]} at ${client.host}:${client.port}/${client.database}`
  const findings = [
    isAtLeast(postgresql, OLDEST_POSTGRESQL)
      ? ok('PostgreSQL', server)
      : fault('PostgreSQL', server, `${OLDEST_POSTGRESQL} or newer is needed: upgrade it`),
  ]
  const edition = `${timescale}, ${license === 'timescale' ? 'community' : 'Apache'} edition`
  if (timescale === null) findings.push(ok('TimescaleDB', 'none: the history is kept in partitions of PostgreSQL'))
  else if (isAtLeast(timescale, OLDEST_TIMESCALE)) findings.push(ok('TimescaleDB', edition))
  else findings.push(fault('TimescaleDB', edition, `${OLDEST_TIMESCALE} or newer is needed: upgrade it`))
  return findings
}

async function checkMigrations(client: pg.Client): Promise<Finding> {
  const status = await schemaStatus(client)
  if (status === 'missing') return fault('migrations', 'the database has no tables yet', 'npm run migrate')
  if (status === 'outdated') return fault('migrations', 'tables are older than this program', 'npm run migrate')
  return ok('migrations', `all applied; the history is kept by ${await detectStorage(client)}`)
}

export async function checkConnections(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<{ free: number; most: number }>(
    `SELECT current_setting('max_connections')::int AS most,
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS free`,
  )
  const [{ free = 0, most = 0 } = {}] = rows
  const found = `${free} of ${most} are free`
  if (free >= FREE_MIN) return ok('connections', found)
  return warning('connections', found, 'raise max_connections, or have other programs hold fewer')
}

/** How far the history is behind RISK, and whether it is made from this RISK. */
export async function checkHistory(client: pg.Client, manager: JetStreamManager): Promise<Finding> {
  const [{ created, state }, madeOf] = await Promise.all([manager.streams.info(streams.risk), boundTo(client)])
  if (madeOf !== null && madeOf !== created) {
    return fault('history', `is made from another RISK, created ${madeOf}; this one was created ${created}`, ADOPT)
  }
  const { rows } = await client.query<{ last: string | null }>('SELECT max(stream_seq) AS last FROM risk_state')
  const [{ last = null } = {}] = rows
  const behind = state.last_seq - Number(last ?? 0)
  const found = last === null ? 'holds no event yet' : `newest event is ${last} of ${state.last_seq} in RISK`
  if (behind <= BEHIND_MAX) return ok('history', found)
  return warning('history', found, 'see that persisters run and enable_persistence is on; start more of them')
}

/** The clock of the database; milliseconds. */
export async function databaseTime(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  return rows[0]?.now.getTime() ?? Number.NaN
}

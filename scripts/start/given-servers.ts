import { setTimeout as delay } from 'node:timers/promises'
import { inboxPrefixes } from '@drawbridge/contracts'
import { connectNats, requireStreams } from '@drawbridge/nats'
import { databaseAddress, type Logger } from '@drawbridge/service-kit'
import { type Config, whereWritten } from '@drawbridge/settings'
import type { Place } from '@drawbridge/settings/place'
import pg from 'pg'

const DATABASE_VARIABLES = [
  'DATABASE_URL',
  'DB_HOST',
  'DB_NAME',
  'DB_PORT',
  'DB_USER',
  'DB_PASSWORD',
  'DB_SSLMODE',
] as const
const MEND = 'remove this setting, and npm start runs its own'
const ANSWERS_WITHIN_MS = 5_000
/** A run that ends by itself does not wait for NATS for longer. */
const WAITS_MS = 60_000

/** The user's own servers, by where the settings name them; null: npm start runs a private one. */
export interface GivenServers {
  readonly nats: string | null
  readonly database: string | null
}

export function givenServers(place: Place): GivenServers {
  const database = DATABASE_VARIABLES.map((name) => whereWritten(place, name)).find((where) => where !== null)
  return { nats: whereWritten(place, 'NATS_URL'), database: database ?? null }
}

/** @throws if the database does not let us in: what is wrong, where, and what mends it, in a line */
export async function checkDatabase(config: Config, where: string, log: Logger): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseAddress(config, log)(),
    connectionTimeoutMillis: ANSWERS_WITHIN_MS,
    query_timeout: ANSWERS_WITHIN_MS,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT')
  } catch (error) {
    throw new Error(databaseFault(error, where, client), { cause: error })
  } finally {
    await client.end().catch(() => undefined)
  }
}

function databaseFault(error: unknown, where: string, { host, port, user, database }: pg.Client): string {
  const [first = error] = error instanceof AggregateError ? error.errors : [error]
  const { code = '', message = String(first) } = first as { code?: string; message?: string }
  const at = `${where}: the database at ${host}:${port}`
  if (code === '28P01' || code === '28000')
    return `${at} refuses the user ${user}: ${message}; correct the user or the password, or ${MEND}`
  if (code === '3D000') return `${at} has no database "${database}"; create it: createdb ${database}`
  const why = code === '' ? message : `${message} (${code})`
  return `${at} does not answer: ${why}; start it, or ${MEND}`
}

/**
 * Waits for NATS, and says so once.
 * @param isPatient false: it fails after a minute
 * @throws if NATS refuses us, or is not fit
 */
export async function awaitNats(
  config: Config,
  where: string,
  isPatient: boolean,
  log: Logger,
  say: (line: string) => void,
): Promise<void> {
  const mend = `start it, or ${MEND}`
  const onWait = (servers: string) => say(`${where}: NATS at ${servers} does not answer; ${mend}. Waiting for it.`)
  const connecting = connectNats(config.nats, 'drawbridge start', log, onWait, inboxPrefixes.admin)
  const given = new AbortController()
  const tooLong = delay(WAITS_MS, 'late', { signal: given.signal, ref: false }).catch(() => 'late')
  const connection = await (isPatient ? connecting : Promise.race([connecting, tooLong]))
  given.abort()
  if (typeof connection === 'string') throw new Error(`${where}: NATS did not answer for ${WAITS_MS / 1000} s`)
  try {
    await requireStreams(connection, [])
  } finally {
    await connection.close()
  }
}

import { withDatabaseTls } from '../database-tls.ts'
import { DATABASE_DEFAULTS, databaseSettings } from './database-settings.ts'
import { type Source, variable } from './read-settings.ts'
import type { Values } from './setting.ts'

/** The address of the database at the start, and the files from which parts of it can be reloaded. */
export interface DatabaseConfig {
  readonly databaseUrl: string
  /** The file that the address was read from; null: none. */
  readonly databaseUrlFile: string | null
  /** The file that the password of the address was read from; null: none. */
  readonly databasePasswordFile: string | null
  /** PEM of the authorities that may have signed the certificate of the database; null: those that Node.js knows. */
  readonly databaseCaFile: string | null
}

const PARTS = Object.values(databaseSettings)
  .flatMap(({ variable: name, secret }) => (secret === true ? [name, `${name}_FILE`] : [name]))
  .filter((name) => name?.startsWith('DB_') === true) as readonly string[]
const URLS = ['DATABASE_URL', 'DATABASE_URL_FILE'] as const

/** The two alternative ways to name the database; only one of them may be used. */
export const DATABASE_ALTERNATIVES = [URLS, PARTS] as const

/** Whether the environment names the database. */
export function namesDatabase(env: Source['env']): boolean {
  return [...URLS, ...PARTS].some((name) => variable(env, name) !== undefined)
}

/** The address of the database: whole, or made of its parts. The environment takes precedence over config.json. */
export function readDatabase(values: Values<typeof databaseSettings>, { env, faults }: Source): DatabaseConfig {
  const urls = URLS.filter((name) => variable(env, name) !== undefined)
  const parts = PARTS.filter((name) => variable(env, name) !== undefined)
  if (urls.length > 0 && parts.length > 0) {
    faults.add(urls.join(', '), `${parts.join(', ')} also name the database; remove either this one or those`)
  }
  const isOfParts = parts.length > 0 && urls.length === 0
  const databaseUrl = isOfParts ? ofParts(values) : (values.url ?? DATABASE_DEFAULTS.url)
  const urlPlace = isOfParts ? 'DB_SSLMODE' : (urls[0] ?? 'config.json, database_url')
  if (!isDatabaseUrl(databaseUrl)) {
    if (isOfParts) faults.add('DB_HOST', 'must be a host like "127.0.0.1"')
    else faults.add(urlPlace, 'must be an address like "postgres://user:password@host/db"')
  }
  return {
    databaseUrl: faults.take(urlPlace, withDatabaseTls(databaseUrl, values.caFile), databaseUrl),
    databaseCaFile: values.caFile,
    databaseUrlFile: variable(env, 'DATABASE_URL_FILE') ?? null,
    databasePasswordFile: isOfParts ? (variable(env, 'DB_PASSWORD_FILE') ?? null) : null,
  }
}

export function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
}

function ofParts(values: Values<typeof databaseSettings>): string {
  const { host, port, user, password, name, sslMode } = values
  const server = hostInUrl(host ?? DATABASE_DEFAULTS.host)
  const database = encodeURIComponent(name ?? DATABASE_DEFAULTS.name)
  const account = encodeURIComponent(user ?? DATABASE_DEFAULTS.user)
  const secret = password === null ? '' : `:${encodeURIComponent(password)}`
  return `postgres://${account}${secret}@${server}:${port ?? DATABASE_DEFAULTS.port}/${database}${sslMode === null ? '' : `?sslmode=${sslMode}`}`
}

/** A socket folder and an IPv6 address are written differently in a URL. */
function hostInUrl(host: string): string {
  if (host.startsWith('/')) return encodeURIComponent(host)
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

import { withDatabaseTls } from '../database-tls.ts'
import { DATABASE_DEFAULTS, databaseSettings } from './database-settings.ts'
import { type Source, variable } from './read-settings.ts'
import type { Values } from './setting.ts'

/** Where the database is, as it was at the start, and the files of which a part of that may be read anew. */
export interface DatabaseConfig {
  readonly databaseUrl: string
  /** The file that the address was read from; null: none. */
  readonly databaseUrlFile: string | null
  /** The file that the password of the address was read from; null: none. */
  readonly databasePasswordFile: string | null
  /** PEM of the authorities that the certificate of the database may be of; null: those that Node.js knows. */
  readonly databaseCaFile: string | null
}

const PARTS = Object.values(databaseSettings)
  .flatMap(({ variable: name, secret }) => (secret === true ? [name, `${name}_FILE`] : [name]))
  .filter((name) => name?.startsWith('DB_') === true) as readonly string[]
const URLS = ['DATABASE_URL', 'DATABASE_URL_FILE'] as const

/** What says in another way where the database is; one of the two lists may be given. */
export const DATABASE_ALTERNATIVES = [URLS, PARTS] as const

/** Whether the environment says where the database is. */
export function namesDatabase(env: Source['env']): boolean {
  return [...URLS, ...PARTS].some((name) => variable(env, name) !== undefined)
}

/** The address of the database: a whole one, or made of its parts. The environment wins over config.json, as ever. */
export function readDatabase(values: Values<typeof databaseSettings>, { env, faults }: Source): DatabaseConfig {
  const urls = URLS.filter((name) => variable(env, name) !== undefined)
  const parts = PARTS.filter((name) => variable(env, name) !== undefined)
  if (urls.length > 0 && parts.length > 0) {
    faults.add(urls.join(', '), `the database is named by ${parts.join(', ')} too; remove the one or the others`)
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

/** A folder of sockets and an address of IPv6 are written in another way in a URL. */
function hostInUrl(host: string): string {
  if (host.startsWith('/')) return encodeURIComponent(host)
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

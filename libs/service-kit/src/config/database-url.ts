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
  if (values.sslMode === 'verify-ca' && values.sslRootCert === null) {
    faults.add('DB_SSLMODE', 'verify-ca needs DB_SSLROOTCERT; else use verify-full')
  }
  if (!isDatabaseUrl(databaseUrl)) {
    const where = isOfParts ? 'DB_HOST' : (urls[0] ?? 'config.json, database_url')
    const must = isOfParts ? 'a host like "127.0.0.1"' : 'an address like "postgres://user:password@host/db"'
    faults.add(where, `must be ${must}`)
  }
  return {
    databaseUrl,
    databaseUrlFile: variable(env, 'DATABASE_URL_FILE') ?? null,
    databasePasswordFile: isOfParts ? (variable(env, 'DB_PASSWORD_FILE') ?? null) : null,
  }
}

export function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
}

function ofParts(values: Values<typeof databaseSettings>): string {
  const { host, port, user, password, name } = values
  const server = hostInUrl(host ?? DATABASE_DEFAULTS.host)
  const database = encodeURIComponent(name ?? DATABASE_DEFAULTS.name)
  const account = encodeURIComponent(user ?? DATABASE_DEFAULTS.user)
  const secret = password === null ? '' : `:${encodeURIComponent(password)}`
  return `postgres://${account}${secret}@${server}:${port ?? DATABASE_DEFAULTS.port}/${database}${sslInUrl(values)}`
}

/** A folder of sockets and an address of IPv6 are written in another way in a URL. */
function hostInUrl(host: string): string {
  if (host.startsWith('/')) return encodeURIComponent(host)
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

/** In the meaning that libpq gives to the words; left alone, the client takes "require" for "verify-full". */
function sslInUrl({ sslMode, sslRootCert }: Values<typeof databaseSettings>): string {
  if (sslMode === null && sslRootCert === null) return ''
  const query = new URLSearchParams({ sslmode: sslMode ?? 'verify-full', uselibpqcompat: 'true' })
  if (sslRootCert !== null) query.set('sslrootcert', sslRootCert)
  return `?${query}`
}

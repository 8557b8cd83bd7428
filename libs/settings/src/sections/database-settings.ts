import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { type Source, variable } from './read-settings.ts'
import { choice, integer, optionalText, text, type Values } from './setting.ts'

/** The default address, and the default of each part if others are given. */
const DATABASE_DEFAULTS = {
  url: 'postgres://postgres:postgres@127.0.0.1:5432/drawbridge',
  host: '127.0.0.1',
  port: 5432,
  user: 'postgres',
  name: 'nofx_risk',
} as const

/**
 * Without libpq's `prefer` and `allow`: the client has no fallback to another way of connecting, so it would silently either
 * insist on TLS or do without.
 */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const

export const databaseSettings = {
  url: text<string | null>({
    file: 'database_url',
    variable: 'DATABASE_URL',
    secret: true,
    about:
      'PostgreSQL or TimescaleDB. If it is in a file, it is read for each connection. If nothing names a database, `npm start` runs its own.',
    must: 'an address like "postgres://user:password@host/db"',
    fallback: null,
    fallbackWords: DATABASE_DEFAULTS.url,
  }),
  host: optionalText(
    'DB_HOST',
    'The database in parts, instead of DATABASE_URL: its host.',
    'a host like "127.0.0.1"',
    DATABASE_DEFAULTS.host,
  ),
  port: integer<number | null>({
    file: null,
    variable: 'DB_PORT',
    about: 'Its port.',
    min: 1,
    max: 65_535,
    fallback: null,
    fallbackWords: String(DATABASE_DEFAULTS.port),
  }),
  user: optionalText('DB_USER', 'Its user.', 'a name', DATABASE_DEFAULTS.user),
  password: {
    ...optionalText('DB_PASSWORD', 'Its password. If it is in a file, it is read for each connection.', 'a password'),
    secret: true,
  },
  name: optionalText('DB_NAME', 'The name of the database.', 'a name', DATABASE_DEFAULTS.name),
  sslMode: choice<(typeof SSL_MODES)[number] | null>({
    file: null,
    variable: 'DB_SSLMODE',
    about: 'Whether the connection is encrypted and the server verified, with the values of PostgreSQL.',
    choices: SSL_MODES,
    fallback: null,
    fallbackWords: 'not encrypted',
  }),
  caFile: optionalText(
    'DATABASE_CA_FILE',
    'The authorities that may have signed the certificate of the database. Alone it means `verify-full`.',
    'the path of a PEM file',
    'those that Node.js knows',
  ),
} as const

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

/**
 * Adds the TLS settings to a database address: `sslmode` with the meaning that it has in libpq, which the client uses only
 * if told so. A CA file alone means `verify-full`; together with `require` it means `verify-ca`.
 * @param caFile PEM of the authorities that may have signed the server's certificate; null: those that Node.js knows, or
 * those in the address
 */
export function withDatabaseTls(address: string, caFile: string | null): Parsed<string> {
  // The address of a Unix socket.
  if (!URL.canParse(address)) return parsed(address)
  const url = new URL(address)
  const { searchParams } = url
  const mode = searchParams.get('sslmode') ?? (caFile === null ? null : 'verify-full')
  if (mode === null) return parsed(address)
  if (!SSL_MODES.some((one) => one === mode)) {
    return refused(`sslmode must be one of ${SSL_MODES.join(', ')}, got ${JSON.stringify(mode)}`)
  }
  searchParams.set('sslmode', mode)
  if (caFile !== null && mode !== 'disable') searchParams.set('sslrootcert', caFile)
  if (mode === 'verify-ca' && !searchParams.has('sslrootcert')) {
    return refused(
      'sslmode verify-ca needs DATABASE_CA_FILE: without it, any public authority would be accepted; or use verify-full',
    )
  }
  searchParams.set('uselibpqcompat', 'true')
  return parsed(url.href)
}

import { choice, integer, text } from './kinds.ts'

/** The default address, and the default of each part if others are given. */
export const DATABASE_DEFAULTS = {
  url: 'postgres://postgres:postgres@127.0.0.1:5432/drawbridge',
  host: '127.0.0.1',
  port: 5432,
  user: 'postgres',
  name: 'nofx_risk',
} as const

/**
 * Without `prefer` and `allow`: the client has no fallback to another way of connecting, so they could not mean what they
 * say.
 */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const

export const databaseSettings = {
  url: text<string | null>({
    file: 'database_url',
    variable: 'DATABASE_URL',
    secret: true,
    about: 'PostgreSQL or TimescaleDB. If it is in a file, it is read for each connection.',
    must: 'an address like "postgres://user:password@host/db"',
    fallback: null,
    fallbackWords: DATABASE_DEFAULTS.url,
  }),
  host: text<string | null>({
    file: null,
    variable: 'DB_HOST',
    about: 'The database in parts, instead of DATABASE_URL: its host.',
    must: 'a host like "127.0.0.1"',
    fallback: null,
    fallbackWords: DATABASE_DEFAULTS.host,
  }),
  port: integer<number | null>({
    file: null,
    variable: 'DB_PORT',
    about: 'Its port.',
    min: 1,
    max: 65_535,
    fallback: null,
    fallbackWords: String(DATABASE_DEFAULTS.port),
  }),
  user: text<string | null>({
    file: null,
    variable: 'DB_USER',
    about: 'Its user.',
    must: 'a name',
    fallback: null,
    fallbackWords: DATABASE_DEFAULTS.user,
  }),
  password: text<string | null>({
    file: null,
    variable: 'DB_PASSWORD',
    secret: true,
    about: 'Its password. If it is in a file, it is read for each connection.',
    must: 'a password',
    fallback: null,
    fallbackWords: 'none',
  }),
  name: text<string | null>({
    file: null,
    variable: 'DB_NAME',
    about: 'The name of the database.',
    must: 'a name',
    fallback: null,
    fallbackWords: DATABASE_DEFAULTS.name,
  }),
  sslMode: choice<(typeof SSL_MODES)[number] | null>({
    file: null,
    variable: 'DB_SSLMODE',
    about: 'Whether the connection is encrypted and the server verified, with the values of PostgreSQL.',
    choices: SSL_MODES,
    fallback: null,
    fallbackWords: 'not encrypted',
  }),
  caFile: text<string | null>({
    file: null,
    variable: 'DATABASE_CA_FILE',
    about: 'The authorities that may have signed the certificate of the database. Alone it means `verify-full`.',
    must: 'the path of a PEM file',
    fallback: null,
    fallbackWords: 'those that Node.js knows',
  }),
} as const

import { parsed, refused } from '@drawbridge/contracts'
import pg from 'pg'
import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import type { Environment, Secrets } from '../src/sections/read-settings.ts'

function databaseOf(env: Environment, secrets?: Secrets, file: object = {}): string {
  const config = loadConfig(env, JSON.stringify(file), secrets)
  return config.ok ? config.value.databaseUrl : config.reason
}

test.each([
  [{ DB_HOST: 'db' }, 'postgres://postgres@db:5432/nofx_risk'],
  [{ DB_PASSWORD: 'secret' }, 'postgres://postgres:secret@127.0.0.1:5432/nofx_risk'],
  [
    { DB_HOST: 'db', DB_PORT: '6543', DB_USER: 'ann', DB_PASSWORD: 'p', DB_NAME: 'risk' },
    'postgres://ann:p@db:6543/risk',
  ],
  [{ DB_HOST: '::1' }, 'postgres://postgres@[::1]:5432/nofx_risk'],
  [{ DB_HOST: '', DATABASE_URL: 'postgres://whole/address' }, 'postgres://whole/address'],
])('the parts %j make an address', (env, url) => {
  expect(databaseOf(env)).toBe(url)
})

test('what the client makes of the parts is what they said, whatever characters they hold', () => {
  const [user, password, database] = ['a:n@n', 'p/%?#@: ü', 'my risk']
  const env = { DB_HOST: '/var/run/postgresql', DB_USER: user, DB_PASSWORD: password, DB_NAME: database }
  expect(new pg.Client({ connectionString: databaseOf(env) })).toMatchObject({
    host: '/var/run/postgresql',
    user,
    password,
    database,
  })
})

test.each([
  [{ DB_SSLMODE: 'disable' }, false],
  [{ DB_SSLMODE: 'require' }, { rejectUnauthorized: false }],
  [{ DB_SSLMODE: 'verify-full' }, {}],
])('with %j the client does as PostgreSQL says', (env, ssl) => {
  expect(new pg.Client({ connectionString: databaseOf({ DB_HOST: 'db', ...env }) }).ssl).toEqual(ssl)
})

test('sslmode means the same in an address', () => {
  const { ssl } = new pg.Client({
    connectionString: databaseOf({ DATABASE_URL: 'postgres://db/risk?sslmode=require' }),
  })
  expect(ssl).toEqual({ rejectUnauthorized: false })
  expect(databaseOf({ DATABASE_URL: 'postgres://db/risk?sslmode=prefer' })).toContain(
    'DATABASE_URL: sslmode must be one of',
  )
})

test('the parts win over an address in config.json', () => {
  expect(databaseOf({ DB_NAME: 'risk' }, {}, { database_url: 'postgres://file' })).toBe(
    'postgres://postgres@127.0.0.1:5432/risk',
  )
})

test('the password may be in a file', () => {
  const env = { DB_HOST: 'db', DB_PASSWORD_FILE: '/run/secrets/password' }
  expect(loadConfig(env, null, { DB_PASSWORD: parsed('of the file') })).toMatchObject({
    ok: true,
    value: {
      databaseUrl: 'postgres://postgres:of%20the%20file@db:5432/nofx_risk',
      databasePasswordFile: '/run/secrets/password',
    },
  })
})

test.each([
  [
    { DATABASE_URL: 'postgres://a', DB_HOST: 'b', DB_NAME: 'c' },
    'DATABASE_URL: DB_HOST, DB_NAME also name the database; remove either this one or those',
  ],
  [{ DB_PASSWORD: 'a', DB_PASSWORD_FILE: 'b' }, 'DB_PASSWORD_FILE: DB_PASSWORD is set too; remove one of them'],
  [{ DB_SSLMODE: 'prefer' }, 'DB_SSLMODE: must be one of disable, require, verify-ca, verify-full, got "prefer"'],
  [{ DB_SSLMODE: 'verify-ca' }, expect.stringContaining('DB_SSLMODE: sslmode verify-ca needs DATABASE_CA_FILE')],
  [{ DB_PORT: '0' }, 'DB_PORT: must be a whole number, 1 to 65535, got "0"'],
  [{ DB_HOST: 'two words' }, 'DB_HOST: must be a host like "127.0.0.1"'],
])('%j is refused with what to do', (env, reason) => {
  expect(databaseOf(env)).toEqual(reason)
})

test('an address that is none is refused without showing it', () => {
  const reason = 'must be an address like "postgres://user:password@host/db"'
  expect(databaseOf({ DATABASE_URL: 'mysql://root:hidden@db' })).toBe(`DATABASE_URL: ${reason}`)
  expect(databaseOf({}, {}, { database_url: 'root:hidden@db' })).toBe(`config.json, database_url: ${reason}`)
})

test('a file of a secret that cannot be read is a fault beside the others', () => {
  const config = loadConfig({ DB_PASSWORD_FILE: 'x', DB_PORT: 'y' }, null, { DB_PASSWORD: refused('x is empty') })
  expect(config.ok ? [] : config.reason.split('\n').sort()).toEqual([
    'DB_PASSWORD_FILE: x is empty',
    expect.stringContaining('DB_PORT: '),
  ])
})

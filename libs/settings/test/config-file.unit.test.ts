import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../src/config-file.ts'

const [cwd, env] = [process.cwd(), process.env]
let folder: string

// Each file of tests has a process of its own, so that both may be changed here.
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-settings-'))
  process.chdir(folder)
  process.env = { PATH: env.PATH }
})
afterEach(async () => {
  process.env = env
  process.chdir(cwd)
  await rm(folder, { recursive: true })
})

const write = (name: string, text: string) => writeFile(path.join(folder, name), text)

test('the environment takes precedence over .env, and .env over config.json', async () => {
  await write('config.json', '{"lease_seconds": 3, "log_level": "warn", "nats_url": "nats://file"}')
  await write('.env', '# a comment\nLOG_LEVEL="debug"\nNATS_URL=nats://env-file\n')
  process.env.NATS_URL = 'nats://environment'
  expect(readConfig()).toMatchObject({
    ok: true,
    value: { natsUrl: 'nats://environment', logLevel: 'debug', leaseMs: 3_000 },
  })
})

test('without any file everything has its default', () => {
  expect(readConfig()).toMatchObject({ ok: true, value: { natsUrl: 'nats://127.0.0.1:4222' } })
})

test('another file of variables may be named', async () => {
  await write('.env', 'LOG_LEVEL=debug')
  await write('production.env', 'LEASE_SECONDS=20')
  process.env.ENV_FILE = 'production.env'
  expect(readConfig()).toMatchObject({ ok: true, value: { logLevel: 'info', leaseMs: 20_000 } })
})

test.each([
  ['an address hides the parts of .env', { DATABASE_URL: 'postgres://a/b' }, 'postgres://a/b'],
  [
    'a part hides the address of .env, and the other parts count',
    { DB_NAME: 'other' },
    'postgres://postgres@db:5432/other',
  ],
])('in the environment %s', async (_, variables, databaseUrl) => {
  await write('.env', 'DB_HOST=db\nDATABASE_URL=postgres://of-env-file\n')
  Object.assign(process.env, variables)
  expect(readConfig()).toMatchObject({ ok: true, value: { databaseUrl } })
})

test('a secret of the environment hides the file that .env names for it', async () => {
  await write('.env', 'DB_PASSWORD_FILE=password\n')
  process.env.DB_PASSWORD = 'mine'
  expect(readConfig()).toMatchObject({ ok: true, value: { databaseUrl: expect.stringContaining(':mine@') } })
})

test('a secret is read from the file that its variable names', async () => {
  await write('password', ' hunter2\n')
  process.env.DB_PASSWORD_FILE = 'password'
  expect(readConfig()).toMatchObject({ ok: true, value: { databaseUrl: expect.stringContaining(':hunter2@') } })
})

test('files that cannot be read are faults beside the others', async () => {
  await write('empty', '\n')
  Object.assign(process.env, { CONFIG_FILE: 'missing.json', DATABASE_URL_FILE: 'empty', LOG_LEVEL: 'loud' })
  const config = readConfig()
  expect(config.ok ? [] : config.reason.split('\n')).toEqual([
    expect.stringContaining('CONFIG_FILE: cannot be read: '),
    'DATABASE_URL_FILE: empty is empty',
    expect.stringContaining('LOG_LEVEL: must be one of'),
  ])
})

test('an .env file that is named and is not there is a fault', () => {
  process.env.ENV_FILE = 'missing.env'
  expect(readConfig()).toEqual({ ok: false, reason: expect.stringContaining('ENV_FILE: cannot be read: ') })
})

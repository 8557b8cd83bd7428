import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { VARIABLES } from '../src/sections/sections.ts'

test.each([
  ['DB_PASWORD', 'DB_PASSWORD'],
  ['DB_PASSWORDFILE', 'DB_PASSWORD_FILE'],
  ['DB_HSOT', 'DB_HOST'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['LOG_LEVLE', 'LOG_LEVEL'],
  ['ENABLE_PERSISTANCE', 'ENABLE_PERSISTENCE'],
  ['TRADER_PROT', 'TRADER_PORT'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATBAASE_URL', 'DATABASE_URL'],
  ['NAT_URL', 'NATS_URL'],
  ['LGO_LEVEL', 'LOG_LEVEL'],
])('%s is refused as a slip of %s', (slip, meant) => {
  expect(loadConfig({ [slip]: 'x' }, null)).toEqual({
    ok: false,
    reason: `${slip}: is not a known variable, did you mean ${meant}?`,
  })
})

test.each([
  'PATH',
  'DB_ROOT',
  'DB_TYPE',
  'DB_PASS',
  'NATS_PORT',
  'NATS_SERVER_BIN',
  'TRADER_SERVICE_HOST',
  'TRADER_PORT_8080_TCP',
  'ARADER_PORT',
  'database_ur',
  'BASE_URL',
])('%s belongs to another program and is none of ours', (name) => {
  expect(loadConfig({ [name]: 'x' }, null).ok).toBe(true)
})

test('no known variable is taken for a slip of another', () => {
  const config = loadConfig(Object.fromEntries(VARIABLES.map((name) => [name, 'x'])), null)
  expect(config.ok ? '' : config.reason).not.toContain('did you mean')
})

import { expect, test } from 'vitest'
import { withDatabaseTls } from '../src/sections/database-settings.ts'

const HOST = 'postgres://u:p@h/d'
const COMPAT = 'uselibpqcompat=true'

test.each([
  ['nothing is asked for', HOST, null, HOST],
  ['plain text', `${HOST}?sslmode=disable`, null, `${HOST}?sslmode=disable&${COMPAT}`],
  ['plain text, authorities or not', `${HOST}?sslmode=disable`, '/ca', `${HOST}?sslmode=disable&${COMPAT}`],
  ['any certificate', `${HOST}?sslmode=require`, null, `${HOST}?sslmode=require&${COMPAT}`],
  ['authorities alone', HOST, '/ca', `${HOST}?sslmode=verify-full&sslrootcert=%2Fca&${COMPAT}`],
  ['verify-ca', `${HOST}?sslmode=verify-ca`, '/ca', `${HOST}?sslmode=verify-ca&sslrootcert=%2Fca&${COMPAT}`],
  ['a socket', '/var/run/postgresql d', '/ca', '/var/run/postgresql d'],
])('%s', (_what, address, caFile, expected) => {
  expect(withDatabaseTls(address, caFile)).toEqual({ ok: true, value: expected })
})

test('asking twice changes nothing', () => {
  const once = withDatabaseTls(HOST, '/ca')

  expect(once.ok && withDatabaseTls(once.value, '/ca')).toEqual(once)
})

test.each([
  ['prefer', 'sslmode must be one of disable, require, verify-ca, verify-full, got "prefer"'],
  ['VERIFY', 'got "VERIFY"'],
  ['verify-ca', 'sslmode verify-ca needs DATABASE_CA_FILE'],
])('sslmode %s is refused', (mode, reason) => {
  const refused = withDatabaseTls(`${HOST}?sslmode=${mode}`, null)

  expect(refused.ok).toBe(false)
  expect(refused.ok ? '' : refused.reason).toContain(reason)
})

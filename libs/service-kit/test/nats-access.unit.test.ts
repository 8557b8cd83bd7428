import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { openAccess } from '../src/nats-access.ts'
import { readCredentials } from '../src/nats-credentials.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-nats-access-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the environment says who we are and whom we trust; what is empty counts as not set', () => {
  const env = { NATS_URL: 'nats://a', NATS_NKEY_SEED_FILE: '/s', NATS_CA_FILE: '/ca', NATS_CERT_FILE: '' }
  const config = loadConfig(env, null)

  expect(config.ok && config.value.nats).toEqual({
    url: 'nats://a',
    seedFile: '/s',
    caFile: '/ca',
    certFile: null,
    keyFile: null,
  })
})

test.each([
  [{ NATS_CERT_FILE: '/c' }, 'NATS_KEY_FILE: is missing; NATS_CERT_FILE is set, and the two go together'],
  [{ NATS_KEY_FILE: '/k' }, 'NATS_CERT_FILE: is missing; NATS_KEY_FILE is set, and the two go together'],
])('a certificate without its key is refused, and the other way round', (env, reason) => {
  expect(loadConfig(env, null)).toEqual({ ok: false, reason })
})

test('a seed that is none is told by its file, never by what it holds', () => {
  const seedFile = path.join(folder, 'guardian.seed')
  writeFileSync(seedFile, 'SUmysecret')

  expect(() => readCredentials({ ...openAccess('nats://a'), seedFile })).toThrow(`${seedFile} does not hold the seed`)
  expect(() => readCredentials({ ...openAccess('nats://a'), seedFile })).not.toThrow('mysecret')
})

test('a file that is not there is told with the variable that names it', () => {
  const caFile = path.join(folder, 'ca.pem')

  expect(() => readCredentials({ ...openAccess('nats://a'), caFile })).toThrow(/^NATS_CA_FILE: ENOENT/)
})

test('an address alone asks for neither a user nor TLS', () => {
  expect(readCredentials(openAccess('nats://a')).options).toEqual({})
})

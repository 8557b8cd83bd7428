import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

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

test('an address of another kind of server is refused, wherever it is written', () => {
  const must = 'an address like "nats://127.0.0.1:4222"'
  const url = 'http://127.0.0.1:8080'
  expect(loadConfig({ NATS_URL: url }, null)).toEqual({ ok: false, reason: `NATS_URL: must be ${must}, got "${url}"` })
  expect(loadConfig({}, JSON.stringify({ nats_url: url }))).toEqual({
    ok: false,
    reason: `config.json: nats_url must be null or ${must}, got "${url}"`,
  })
})

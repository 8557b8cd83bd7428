import { expect, test } from 'vitest'
import { parseNatsAddresses } from '../src/nats-address.ts'

test.each([
  'nats://127.0.0.1:4222',
  'tls://nats.example',
  'nats-1:4222, nats://nats-2:4222/',
  'nats://user:pass@host:4222',
  'nats://[::1]:4222',
])('%s is where NATS may be', (address) => {
  expect(parseNatsAddresses(address)).toEqual({ ok: true, value: address })
})

test.each([
  undefined,
  null,
  4222,
  '',
  'nats://',
  'http://127.0.0.1:8080',
  'ws://a',
  'nats://a,http://b',
  'a,',
  'two words',
])('%j is refused with what it must be', (address) => {
  expect(parseNatsAddresses(address)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/^must be an address like "nats:\/\/127\.0\.0\.1:4222", got /),
  })
})

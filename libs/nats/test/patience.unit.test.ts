import { expect, test } from 'vitest'
import { Patience, SilentError } from '../src/stream-reading.ts'

test('a server that is silent again and again is given more time, up to a bound, until it brings something', () => {
  const patience = new Patience()
  const given = Array.from({ length: 5 }, () => {
    patience.ended(new SilentError(), false)
    return patience.silentMs
  })
  expect(given).toEqual([6_000, 12_000, 12_000, 12_000, 12_000])

  patience.ended(new Error('NATS was away'), false)
  expect(patience.silentMs).toBe(12_000)
  patience.ended(new SilentError(), true)
  expect(patience.silentMs).toBe(3_000)
})

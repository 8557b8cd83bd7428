import { expect, test } from 'vitest'
import { expectShortTakeovers, simulate, traceOf } from './simulate-process.ts'

// CI runs 200.
test('twenty seeds of faults violate no invariant', async () => {
  const { code, outcome } = await simulate(['--seeds', '20'])
  expect(outcome.failure).toBeNull()
  expect(outcome.seeds).toBe(20)
  expect(code).toBe(0)
}, 120_000)

test('the same seed gives the same trace, byte for byte', async () => {
  const first = await traceOf(7)
  expect(first.length).toBeGreaterThan(1_000)
  expect(await traceOf(7)).toBe(first)
})

test('a seed gives the same trace whatever ran before it in its process', async () => {
  const alone = await simulate(['--from', '3', '--seeds', '3', '--workers', '3'])
  const together = await simulate(['--from', '3', '--seeds', '3', '--workers', '1'])
  expect(together.outcome.digest).toBe(alone.outcome.digest)
})

test('if the disk loses a part of RISK, nothing more is decided, each guardian says why, and gates are closed', async () => {
  const { code, outcome } = await simulate(['--scenario', 'damage', '--seeds', '8'])
  expect(outcome.failure).toBeNull()
  expect(code).toBe(0)
})

test('an input waits no longer than the takeover delay and 200 ms when a guardian dies or is stopped under load', () =>
  expectShortTakeovers(2))

import { expect, test } from 'vitest'
import { simulate, traceOf } from './simulate-process.ts'

test('fifty seeds of faults violate no invariant', async () => {
  const { code, outcome } = await simulate(['--seeds', '50'])
  expect(outcome.failure).toBeNull()
  expect(outcome.seeds).toBe(50)
  expect(code).toBe(0)
}, 120_000)

test('the same seed gives the same trace, byte for byte', async () => {
  const first = await traceOf(7)
  expect(first.length).toBeGreaterThan(1_000)
  expect(await traceOf(7)).toBe(first)
})

test('a seed gives the same trace whatever ran before it in its process', async () => {
  const alone = await simulate(['--from', '3', '--seeds', '6', '--workers', '6'])
  const together = await simulate(['--from', '3', '--seeds', '6', '--workers', '1'])
  expect(together.outcome.digest).toBe(alone.outcome.digest)
})

// On the virtual clock this is no measurement: the same seed always waits as long.
test('an input waits no longer than the takeover delay and 200 ms when a guardian dies or is stopped under load', async () => {
  const { code, outcome } = await simulate(['--scenario', 'takeover', '--seeds', '10'])
  expect(outcome.failure).toBeNull()
  expect(code).toBe(0)
  // It did wait for another guardian to begin.
  expect(outcome.longestWaitMs).toBeGreaterThan(250)
  expect(outcome.longestWaitMs).toBeLessThanOrEqual(450)
})

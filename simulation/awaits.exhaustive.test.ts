import { expect, test } from 'vitest'
import { simulate } from './simulate-process.ts'

// One short workload, with a separate run for each moment in which the process waits for NATS or the database: it is killed
// there, and in another run its connection breaks there. No seed chooses the moments: all are tried.
test.each([
  { what: 'a guardian that is alone', scenario: 'guardian-awaits' },
  { what: 'a guardian beside another', scenario: 'standby-awaits' },
  { what: 'a persister', scenario: 'persister-awaits' },
  { what: 'a process of traders', scenario: 'trader-awaits' },
])('$what may die or lose its connection at any of its awaits', async ({ what, scenario }) => {
  const { code, outcome } = await simulate(['--scenario', scenario])
  console.log(`${what} has ${outcome.awaits} awaits`)
  expect(outcome.failure).toBeNull()
  expect(code).toBe(0)
  expect(outcome.awaits).toBeGreaterThan(40)
  expect(outcome.seeds).toBe(2 * (outcome.awaits ?? 0))
})

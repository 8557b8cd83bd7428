import { expect, test } from 'vitest'
import { simulate } from './simulate-process.ts'

// One short workload, run anew for each moment in which the process waits for NATS or the database: there it is killed,
// and in a run of its own its way is cut. No seed decides which moments are tried: all are.
test.each([
  { what: 'a guardian that is alone', scenario: 'guardian-awaits' },
  { what: 'a guardian beside another', scenario: 'standby-awaits' },
  { what: 'a persister', scenario: 'persister-awaits' },
  { what: 'a process of traders', scenario: 'trader-awaits' },
])('$what may die or be cut off at any of its awaits', async ({ what, scenario }) => {
  const { code, outcome } = await simulate(['--scenario', scenario])
  console.log(`${what} has ${outcome.awaits} awaits`)
  expect(outcome.failure).toBeNull()
  expect(code).toBe(0)
  expect(outcome.awaits).toBeGreaterThan(40)
  expect(outcome.seeds).toBe(2 * (outcome.awaits ?? 0))
})

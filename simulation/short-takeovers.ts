import { expect } from 'vitest'
import { simulate } from './simulate-process.ts'

/**
 * Runs so many seeds in which the guardian whose turn it is dies or is stopped, by turns. On the virtual clock this is no
 * measurement: the same seed always waits as long.
 */
export async function expectShortTakeovers(seeds: number): Promise<void> {
  const { code, outcome } = await simulate(['--scenario', 'takeover', '--seeds', String(seeds)])
  expect(outcome.failure).toBeNull()
  expect(code).toBe(0)
  // It did wait for another guardian to begin.
  expect(outcome.longestWaitMs).toBeGreaterThan(250)
  expect(outcome.longestWaitMs).toBeLessThanOrEqual(450)
}

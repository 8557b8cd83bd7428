import { expect, test } from 'vitest'
import { isLongAgo } from '../src/outbound/statements.ts'

const NOW = Date.UTC(2026, 2, 12, 14)

test.each([
  ['2026-03-12T14:00:00Z', false],
  ['2026-03-06T00:00:00Z', false],
  ['2026-03-05T23:59:59.999Z', true],
  ['2025-12-31T23:59:59Z', true],
  ['2027-01-01T00:00:00Z', false],
])('an event of %s may have been given up on 12 March 2026: %s', (instant, answer) => {
  expect(isLongAgo(instant, NOW)).toBe(answer)
})

import { expect, test } from 'vitest'
import { monthsFrom } from '../src/partitions.ts'

test.each([
  ['2026-03-12T14:00:00Z', 0, ['2026-03']],
  ['2026-11-30T23:59:59.999Z', 2, ['2026-11', '2026-12', '2027-01']],
  ['2026-01-31T00:00:00Z', 1, ['2026-01', '2026-02']],
  ['1999-12-31T23:59:59Z', 1, ['1999-12', '2000-01']],
])('from %s on and %i more', (instant, more, months) => {
  expect(monthsFrom(new Date(instant), more)).toEqual(months)
})

import { expect, test } from 'vitest'
import { rangesWithout } from '../src/core/settlement.ts'

test.each([
  { what: 'nothing is known', known: [], ranges: [{ from: 5, to: 9 }] },
  { what: 'all are known', known: [9, 8, 7, 6, 5], ranges: [] },
  { what: 'the ends are known', known: [5, 9], ranges: [{ from: 6, to: 8 }] },
  {
    what: 'one in the middle is known',
    known: [7],
    ranges: [
      { from: 5, to: 6 },
      { from: 8, to: 9 },
    ],
  },
  { what: 'others are known', known: [1, 4, 10], ranges: [{ from: 5, to: 9 }] },
])('of 5 to 9, where $what', ({ known, ranges }) => {
  expect(rangesWithout(5, 9, known)).toEqual(ranges)
})

test('of no sequence there is no range', () => {
  expect(rangesWithout(5, 4, [])).toEqual([])
})

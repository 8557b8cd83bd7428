import fc from 'fast-check'
import type { Value } from './move.ts'

const units = fc.constantFrom(0, 0, 1, -1)

export const values: fc.Arbitrary<Value> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        '1000',
        '1000',
        '950',
        '900',
        '800',
        '1200',
        '640',
        '0',
        '0.00000001',
        '-1',
        '-1000.5',
        '1052.63157894',
      )
      .map((amount) => ({ by: 'amount' as const, amount })),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      by: fc.constant('line' as const),
      index: fc.nat({ max: 5 }),
      percent: fc.constantFrom(100, 100, 100, 100, 80, 80, 60, 50),
      units,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ by: fc.constant('percent' as const), percent: fc.constantFrom(-20, 20, -10, 10), units }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      by: fc.constant('percent' as const),
      percent: fc.integer({ min: -12, max: 12 }),
      units: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      by: fc.constant('percent' as const),
      percent: fc.integer({ min: -110, max: 90 }),
      units: fc.constant(0),
    }),
  },
  { weight: 4, arbitrary: fc.constantFrom({ by: 'pending' as const }, { by: 'same' as const }) },
)

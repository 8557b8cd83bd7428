import fc from 'fast-check'
import { limitChanges, limitSpecs, settingChanges } from './configs.ts'
import type { Move } from './move.ts'
import { values } from './values.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const commands: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pause' as const),
      by: fc.constantFrom('alice', 'bob'),
      lasts: fc.constantFrom(null, 0, 1, MINUTE, HOUR, 31 * DAY, 31 * DAY + 1),
      firm: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('resume' as const),
      by: fc.constantFrom('alice', 'bob'),
      which: fc.constantFrom(null, 0, 0, 1),
      rebase: fc.boolean(),
      admin: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      which: fc.nat({ max: 3 }),
      change: fc.option(limitChanges, { freq: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add' as const), spec: limitSpecs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settings' as const), change: settingChanges }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('flags' as const), on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('pause-all' as const),
      lasts: fc.constantFrom(null, 0, 1, MINUTE, HOUR, 31 * DAY, 'end' as const, 'end' as const),
      on: fc.constantFrom(null, null, true, false),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('flow' as const),
      amount: fc.constantFrom('100', '-100', '500', '-333.33333333', '0.00000001', '-1000', '2000'),
      id: fc.constantFrom(null, 'x', 'y', 'z'),
      inEquity: fc.constantFrom(false, false, true),
      force: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      initial: fc.constantFrom(null, '1000', '500'),
      peak: fc.constantFrom(null, null, '1200'),
      dayStart: fc.constantFrom(null, null, '900'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('correct' as const),
      which: fc.constantFrom(null, 0, 1, 2),
      reference: values,
    }),
  },
)

import fc from 'fast-check'
import { commands } from './command-moves.ts'
import type { Move, Order, When } from './move.ts'
import { values } from './values.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const edge = fc.constantFrom(-1, 0, 0, 1)

export const whens: fc.Arbitrary<When> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(0, 1_000, 4_999, 5_000, 9_999, 10_000).map((ms) => ({ by: 'wait' as const, ms })),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, DAY).map((ms) => ({ by: 'wait' as const, ms })),
  },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 3 * HOUR }).map((ms) => ({ by: 'wait' as const, ms })) },
  { weight: 1, arbitrary: fc.integer({ min: -DAY, max: 9 * DAY }).map((ms) => ({ by: 'wait' as const, ms })) },
  {
    weight: 5,
    arbitrary: fc.record({
      by: fc.constantFrom('wake' as const, 'wake' as const, 'window' as const, 'until' as const, 'session' as const),
      offset: edge,
    }),
  },
)

const trades = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    pnl: fc.constantFrom('-10', '-5', '-4.99999999', '0', '3'),
    ago: fc.constantFrom(null, null, 0, 10 * MINUTE, HOUR, DAY),
  }),
  { maxLength: 2 },
)

const reading: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('reading' as const),
  equity: values,
  balance: fc.constantFrom(
    'none' as const,
    'same' as const,
    'same' as const,
    'same' as const,
    'above' as const,
    'below' as const,
    'last' as const,
    'zero' as const,
  ),
  order: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Order>('none', 'next') },
    { weight: 1, arbitrary: fc.constantFrom<Order>('again', 'back', 'new-run', 'old-run') },
  ),
  currency: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(null, 'USD') },
    { weight: 1, arbitrary: fc.constant('BTC') },
  ),
  skew: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constantFrom(null, -1, 60_000, 60_001, -HOUR) },
  ),
  trades: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: trades }),
  deposits: fc.constantFrom('0', '0', '0', '0', '100', '-50', '300'),
})

export const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: reading },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ask' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('raw' as const),
      raw: fc.constantFrom('no json', '{"equity":"?"}', '{"equity":1e15}', '{"equity":1000,"balance":"?"}', '{}'),
    }),
  },
  { weight: 5, arbitrary: commands },
)

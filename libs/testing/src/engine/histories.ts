import fc from 'fast-check'
import { configs } from './histories/configs.ts'
import { moves, whens } from './histories/moves.ts'
import { Resolver } from './histories/resolve.ts'
import type { OracleConfig } from './oracle/config.ts'
import { Oracle } from './oracle/oracle.ts'
import type { Step } from './oracle/steps.ts'
import type { Verdict } from './oracle/verdict.ts'

/** A made-up history of one trader: what it is judged by, what comes, and what the oracle says to each. */
export interface History {
  readonly config: OracleConfig
  readonly steps: readonly Step[]
  readonly verdicts: readonly Verdict[]
}

/** Days on which clocks change or a date is skipped, the end of a month, and a plain one. */
const STARTS = [
  '2026-03-07T20:00:00Z',
  '2026-10-31T20:00:00Z',
  '2026-10-03T12:00:00Z',
  '2011-12-29T08:00:00Z',
  '2026-06-30T20:00:00Z',
  '2026-06-10T10:00:00Z',
]
const HOUR = 3_600_000

export interface HistoryBounds {
  readonly maxSteps?: number
}

/** Histories that often come to edges: a unit from a line, exactly at a jump's percent, at a window's beginning, at a wake-up. */
export const histories = ({ maxSteps = 24 }: HistoryBounds = {}): fc.Arbitrary<History> =>
  fc
    .record({
      config: configs,
      start: fc.constantFrom(...STARTS),
      lag: fc.constantFrom(0, 0, HOUR, 3_650 * 24 * HOUR),
      moves: fc.array(fc.tuple(whens, moves), { minLength: 1, maxLength: maxSteps, size: 'max' }),
    })
    .map(({ config, start, lag, moves: made }) => {
      const resolver = new Resolver(config, Date.parse(start), lag)
      const oracle = new Oracle(config)
      const steps: Step[] = []
      const verdicts: Verdict[] = []
      for (const [when, move] of made) {
        const step = resolver.step(when, move, verdicts.at(-1) ?? null)
        steps.push(step)
        verdicts.push(oracle.step(step))
      }
      return { config, steps, verdicts }
    })

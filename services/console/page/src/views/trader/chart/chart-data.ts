import type { LimitSeries } from '@drawbridge/history/reads'
import type { EquityAnswer } from '../../../history/answers.ts'

/** One line of the chart, and whether it can be hidden. */
export interface Curve {
  readonly key: string
  readonly words: string
  readonly kind: 'peak' | 'line' | 'reference'
  /** The index of the limit's colour. */
  readonly limit: number
  readonly values: readonly (number | null)[]
}

/** The peak, and of each limit its line and what it is measured from. */
export function curvesOf({ peak, limits }: Pick<EquityAnswer, 'peak' | 'limits'>): readonly Curve[] {
  return [
    { key: 'peak', words: 'Peak', kind: 'peak', limit: -1, values: peak },
    ...limits.flatMap((limit, index) => curvesOfLimit(limit, index)),
  ]
}

function curvesOfLimit({ name, measure, line, reference, blocksAt }: LimitSeries, limit: number): readonly Curve[] {
  const place = measure === 'loss' ? 'floor' : 'target'
  // Where a milder tier blocks before the line, that is where entries stop.
  const isEarlier = blocksAt.some((value, index) => value !== null && value !== line[index])
  const early = { key: `${name} blocks`, words: `${name}: blocks`, kind: 'line', limit, values: blocksAt } as const
  return [
    { key: `${name} ${place}`, words: `${name}: ${place}`, kind: 'line', limit, values: line },
    ...(isEarlier ? [early] : []),
    { key: `${name} reference`, words: `${name}: measured from`, kind: 'reference', limit, values: reference },
  ]
}

/** The points as the chart takes them: times in seconds, then the range, the curves, and above all the last equity. */
export function columnsOf(answer: EquityAnswer, curves: readonly Curve[]) {
  const { at, high, low, last } = answer
  return [at.map((time) => time / 1000), high, low, ...curves.map(({ values }) => values), last] as const
}

/** Drawdown hangs down from nothing. */
export function drawdownColumns({ at, drawdownPct }: Pick<EquityAnswer, 'at' | 'drawdownPct'>) {
  return [at.map((time) => time / 1000), drawdownPct.map((value) => (value === null ? null : -value))] as const
}

/** A point that the feed told, which the history may not have yet. */
export interface LivePoint {
  readonly at: number
  readonly version: number
  readonly equity: number
  readonly peak: number | null
  readonly drawdownPct: number | null
}

/** The chart with the points that are newer than its last one; lines of limits go on as they were. */
export function withLive(answer: EquityAnswer, points: readonly LivePoint[]): EquityAnswer {
  const newest = answer.version.at(-1) ?? 0
  const added = points.filter(({ version }) => version > newest)
  if (added.length === 0) return answer
  const column = <T>(values: readonly T[], value: (point: LivePoint) => T) => [...values, ...added.map(value)]
  const goOn = (values: readonly (number | null)[]) => [...values, ...added.map(() => values.at(-1) ?? null)]
  return {
    ...answer,
    ends: Math.max(answer.ends, added.at(-1)?.at ?? 0),
    at: column(answer.at, ({ at }) => at),
    events: column(answer.events, () => 1),
    version: column(answer.version, ({ version }) => version),
    first: column(answer.first, ({ equity }) => equity),
    low: column(answer.low, ({ equity }) => equity),
    high: column(answer.high, ({ equity }) => equity),
    last: column(answer.last, ({ equity }) => equity),
    peak: column(answer.peak, ({ peak }) => peak),
    drawdownPct: column(answer.drawdownPct, ({ drawdownPct }) => drawdownPct),
    limits: answer.limits.map((limit) => ({
      ...limit,
      line: goOn(limit.line),
      reference: goOn(limit.reference),
      blocksAt: goOn(limit.blocksAt),
    })),
  }
}

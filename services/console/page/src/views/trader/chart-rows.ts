import type { EquityAnswer } from '../../history/answers.ts'
import type { TimeSpan } from '../../history/time-span.ts'

/** Some points together, as the table tells them. */
export interface ChartRow {
  readonly at: number
  readonly events: number
  readonly first: number
  readonly low: number
  readonly high: number
  readonly last: number
  readonly drawdownPct: number | null
  /** The line of each limit after the last event. */
  readonly lines: readonly (number | null)[]
}

/** The points of the span in at most so many rows; lowest and highest stay. */
export function chartRows(answer: EquityAnswer, { from, until }: TimeSpan, rowsMax: number): readonly ChartRow[] {
  const places = answer.at.flatMap((at, index) => (at >= from && at < until ? [index] : []))
  const size = Math.max(1, Math.ceil(places.length / rowsMax))
  const rows: ChartRow[] = []
  for (let begin = 0; begin < places.length; begin += size) rows.push(rowOf(answer, places.slice(begin, begin + size)))
  return rows
}

function rowOf(answer: EquityAnswer, places: readonly number[]): ChartRow {
  const of = <T>(values: readonly T[]) => places.map((place) => values[place] as T)
  const end = places.at(-1) ?? 0
  const drawdowns = of(answer.drawdownPct).filter((value) => value !== null)
  return {
    at: of(answer.at)[0] ?? 0,
    events: of(answer.events).reduce((sum, count) => sum + count, 0),
    first: of(answer.first)[0] ?? 0,
    low: Math.min(...of(answer.low)),
    high: Math.max(...of(answer.high)),
    last: answer.last[end] ?? 0,
    drawdownPct: drawdowns.length === 0 ? null : Math.max(...drawdowns),
    lines: answer.limits.map(({ line }) => line[end] ?? null),
  }
}

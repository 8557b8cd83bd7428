import type { Select } from './history-reader.ts'
import { piecesOf } from './pieces.ts'
import { millis, type Span, spanValues } from './span.ts'

/** Facts that a chart marks. */
export const MARKED = ['breached', 'warned', 'cash-flow', 'reading-unconfirmed'] as const
export type MarkKind = (typeof MARKED)[number]

/** Something that happened at one event. */
export interface Mark {
  readonly at: number
  readonly version: number
  readonly kind: MarkKind
  readonly equity: number | null
  /** The limit that broke, or is near to it. */
  readonly rule: string | null
  /** How much of it, percent. */
  readonly observedPct: string | null
  readonly limitPct: string | null
  /** The amount of a cash flow, or the equity of a reading. */
  readonly amount: string | null
  readonly reason: string | null
}

/** The newest of each kind. */
const MARKS = `
  WITH ${piecesOf('NOT has_detail')}, marks AS (
    SELECT effective_at, version, current_equity, reason, fact, fact ->> 'kind' AS kind,
      row_number() OVER (PARTITION BY fact ->> 'kind' ORDER BY effective_at DESC, version DESC) AS place
    FROM single CROSS JOIN LATERAL jsonb_array_elements(detail -> 'facts') AS fact
    WHERE detail IS NOT NULL AND fact ->> 'kind' = ANY ($4)
  )
  SELECT ${millis('effective_at')} AS at, version::float8 AS version, kind, current_equity::float8 AS equity,
    fact ->> 'rule' AS rule, fact ->> 'observedPct' AS "observedPct", fact ->> 'limitPct' AS "limitPct",
    coalesce(fact ->> 'amount', fact ->> 'equity') AS amount, coalesce(fact ->> 'reason', reason) AS reason,
    place::float8 AS place
  FROM marks WHERE place <= $5 + 1
  ORDER BY effective_at, version, kind, rule`

export interface Marks {
  /** In the order of time. */
  readonly marks: readonly Mark[]
  /** Kinds that have older ones in the span. */
  readonly more: readonly MarkKind[]
}

/** @param max of each kind */
export async function readMarks(select: Select, span: Span, max: number): Promise<Marks> {
  const rows = await select<Mark & { place: number }>(MARKS, [...spanValues(span), MARKED, max])
  const more = rows.filter(({ place }) => place > max).map(({ kind }) => kind)
  const marks = rows.filter(({ place }) => place <= max).map(({ place: _place, ...mark }) => mark)
  return { marks, more: [...new Set(more)] }
}

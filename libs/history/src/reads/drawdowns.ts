import { BLOCK_EVENTS } from '../schema.ts'
import type { Select } from './history-reader.ts'
import { piecesOf } from './pieces.ts'
import { millis, type Span, spanValues } from './span.ts'

/** From a peak down, and back to it. Amounts are exact decimal strings. */
export interface Drawdown {
  /** When equity left the peak, milliseconds since 1970. */
  readonly from: number
  /** When it was lowest, in percent of the peak. */
  readonly troughAt: number
  /** When equity was at a peak again; null: not in the span. */
  readonly until: number | null
  /** At the trough: a cash flow moves it. */
  readonly peak: string
  readonly trough: string
  readonly drawdownPct: string
  /** The version of the event at the trough. */
  readonly version: number
}

/** An event at the peak begins a drawdown, which has all events below it until the next one at a peak. */
const DRAWDOWNS = `
  WITH ${piecesOf('NOT at_peak AND drawdown_pct IS NOT NULL')}, pieces AS (
    SELECT version, effective_at AS at, effective_at AS until, drawdown_pct FROM single WHERE drawdown_pct IS NOT NULL
    UNION ALL
    SELECT first_version, effective_from, effective_until, drawdown_pct FROM whole
  ), numbered AS (
    SELECT *, count(*) FILTER (WHERE drawdown_pct = 0) OVER (ORDER BY at, version) AS number FROM pieces
  ), drawdowns AS (
    SELECT number, max(drawdown_pct) AS depth, min(at) AS first_at, max(until) AS last_at,
      min(at) FILTER (WHERE drawdown_pct > 0) AS since,
      (min(ARRAY[-drawdown_pct, version::numeric]))[2]::bigint AS deepest_version
    FROM numbered GROUP BY number
  ), deepest AS (
    SELECT *, lead(first_at) OVER (ORDER BY number) AS until FROM drawdowns
    ORDER BY depth DESC, number LIMIT $4
  )
  SELECT ${millis('since')} AS from, ${millis('trough.effective_at')} AS "troughAt", ${millis('until')} AS until,
    trough.peak_equity::text AS peak, trough.current_equity::text AS trough, depth::text AS "drawdownPct",
    trough.version::float8 AS version
  FROM deepest CROSS JOIN LATERAL (
    SELECT * FROM risk_state_history
    WHERE trader_id = $1 AND version >= deepest_version AND version < deepest_version + ${BLOCK_EVENTS} AND drawdown_pct = depth
    ORDER BY version LIMIT 1
  ) AS trough
  WHERE depth > 0
  ORDER BY depth DESC, number`

/** The deepest drawdowns of a span, the deepest first. */
export async function readDrawdowns(select: Select, span: Span, max: number): Promise<readonly Drawdown[]> {
  return select<Drawdown>(DRAWDOWNS, [...spanValues(span), max])
}

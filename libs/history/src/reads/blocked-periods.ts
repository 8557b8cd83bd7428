import type { Select } from './history-reader.ts'
import { piecesOf } from './pieces.ts'
import { CODE, millis, type Span, spanValues } from './span.ts'

/** Entries waited for one reason, without a break. */
export interface BlockedPeriod {
  /** When it began, milliseconds since 1970; null: before the span. */
  readonly from: number | null
  /** When it ended, or another reason took its place; null: not in the span. */
  readonly until: number | null
  /** A code of `STANDING_CODES`; `paused` of rules before 6, which gave none. */
  readonly code: string
  /** Who held then. Empty: nobody did, or the row does not say. */
  readonly holders: readonly string[]
  readonly reason: string | null
  /** The version of the event that began it. */
  readonly version: number
}

export interface BlockedPeriods {
  /** In the order of time; where there are more than asked for, the longest. */
  readonly periods: readonly BlockedPeriod[]
  /** How many there are. */
  readonly count: number
  /** All of them together, also those that are left out, milliseconds. */
  readonly blockedMs: number
}

/** The state at the beginning of the span is that of the last event before it. An open period lasts until now, at most. */
const BLOCKED = `
  WITH ${piecesOf('decision_code IS NOT NULL')}, events AS (
    SELECT version, effective_at, ${CODE} AS code FROM single
    UNION ALL
    SELECT first_version, effective_from, decision_code FROM whole
    UNION ALL
    (SELECT version, effective_at, ${CODE} AS code FROM risk_state_history WHERE trader_id = $1 AND effective_at < $2
      ORDER BY effective_at DESC, version DESC LIMIT 1)
  ), changes AS (
    SELECT * FROM (
      SELECT *, lag(code) OVER (ORDER BY effective_at, version) AS code_before FROM events
    ) AS event
    WHERE code IS DISTINCT FROM code_before
  ), spans AS (
    SELECT *, lead(effective_at) OVER (ORDER BY effective_at, version) AS until FROM changes
  ), periods AS (
    SELECT *, greatest(0, extract(epoch FROM
      coalesce(until, least($3::timestamptz, now())) - greatest(effective_at, $2::timestamptz)) * 1000) AS lasts
    FROM spans WHERE code <> 'ok'
  )
  SELECT
    CASE WHEN periods.effective_at >= $2::timestamptz THEN ${millis('periods.effective_at')} END AS from,
    ${millis('until')} AS until,
    code,
    coalesce(jsonb_path_query_array(detail, '$.pause.holds[*].holder'), '[]') AS holders,
    reason,
    periods.version::float8 AS version,
    (count(*) OVER ())::float8 AS count,
    (sum(lasts) OVER ())::float8 AS "blockedMs"
  FROM periods
  LEFT JOIN LATERAL (
    SELECT reason, detail FROM risk_state_history AS history
    WHERE history.trader_id = $1 AND history.effective_at = periods.effective_at AND history.version = periods.version
    LIMIT 1
  ) AS began ON true
  ORDER BY lasts DESC, periods.version
  LIMIT $4`

type Row = BlockedPeriod & Pick<BlockedPeriods, 'count' | 'blockedMs'>

export async function readBlockedPeriods(select: Select, span: Span, max: number): Promise<BlockedPeriods> {
  const rows = await select<Row>(BLOCKED, [...spanValues(span), max])
  const [{ count, blockedMs } = { count: 0, blockedMs: 0 }] = rows
  const periods = rows
    .map(({ count: _count, blockedMs: _blockedMs, ...period }) => period)
    .sort((a, b) => a.version - b.version)
  return { periods, count, blockedMs }
}

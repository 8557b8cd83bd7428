import { DAY_MS } from './durations.ts'
import type { Select } from './history-reader.ts'
import { piecesOf } from './pieces.ts'
import { CODE, eventOfVersion, millis, type Span, spanValues } from './span.ts'

/** A trading day of a trader. Amounts are exact decimal strings. */
export interface TradingDay {
  /** When it began, milliseconds since 1970. */
  readonly day: number
  /** What it began with, and the last known in it. */
  readonly open: string | null
  readonly close: string | null
  readonly low: string | null
  readonly high: string | null
  /** `close - open`, less what was paid in and out. */
  readonly pnl: string | null
  readonly cashFlow: string
  /** The worst. */
  readonly drawdownPct: string | null
  readonly breaches: number
  /** How long entries waited by what its events said, seconds. */
  readonly blockedSeconds: number
  readonly firstVersion: number
  readonly lastVersion: number
}

/** An event of a day is at most so much later than its beginning, whatever clocks do. */
const DAY_LASTS_MAX_MS = 3 * DAY_MS

const DAYS = `
  WITH ${piecesOf('decision_code IS NOT NULL AND last_reset_time IS NOT NULL AND NOT has_detail')}, pieces AS (
    SELECT version AS first_version, version AS last_version, recorded_at AS recorded_from, recorded_at AS recorded_until,
      effective_at, last_reset_time, current_equity AS low, current_equity AS high, drawdown_pct, event_type, detail,
      ${CODE} AS code
    FROM single
    UNION ALL
    SELECT first_version, last_version, recorded_from, recorded_until, effective_from, last_reset_time, low, high,
      drawdown_pct, 'assessed', NULL, decision_code
    FROM whole
  ), events AS (
    SELECT *, CASE WHEN code <> 'ok' THEN
      extract(epoch FROM
        coalesce(lead(effective_at) OVER (ORDER BY effective_at, first_version), least($4, now())) - effective_at)
      END AS blocked
    FROM pieces
  ), days AS MATERIALIZED (
    SELECT last_reset_time, min(first_version) AS first_version, max(last_version) AS last_version,
      min(recorded_from) AS recorded_from, max(recorded_until) AS recorded_until,
      min(low) AS low, max(high) AS high, max(drawdown_pct) AS drawdown_pct,
      count(*) FILTER (WHERE event_type = 'breach') AS breaches,
      greatest(0, coalesce(sum(blocked), 0)) AS blocked,
      coalesce(sum((
        SELECT sum((fact ->> 'amount')::numeric)
        FROM jsonb_path_query(detail, '$.facts[*] ? (@.kind == "cash-flow")') AS fact
      )) FILTER (WHERE event_type <> 'assessed'), 0) AS cash_flow
    FROM events
    WHERE last_reset_time >= $2 AND last_reset_time < $4
    GROUP BY last_reset_time
    ORDER BY last_reset_time DESC
    LIMIT $5 + 1
  )
  SELECT ${millis('days.last_reset_time')} AS day, opened.equity::text AS open, closed.equity::text AS close,
    low::text AS low, high::text AS high, trim_scale(closed.equity - opened.equity - cash_flow)::text AS pnl,
    trim_scale(cash_flow)::text AS "cashFlow", days.drawdown_pct::text AS "drawdownPct", breaches::float8 AS breaches,
    blocked::float8 AS "blockedSeconds", first_version::float8 AS "firstVersion", last_version::float8 AS "lastVersion"
  FROM days
  LEFT JOIN LATERAL (
    SELECT coalesce(
      (jsonb_path_query_first(detail, '$.facts[*] ? (@.kind == "day-started").equity') #>> '{}')::numeric, day_equity
    ) AS equity
    FROM (${eventOfVersion('first_version')}) AS event
  ) AS opened ON true
  LEFT JOIN LATERAL (
    SELECT current_equity AS equity FROM (${eventOfVersion('last_version')}) AS event
  ) AS closed ON true
  ORDER BY day`

export interface TradingDays {
  /** In the order of time: the newest that began in the span. */
  readonly days: readonly TradingDay[]
  /** Whether older ones are left out. */
  readonly more: boolean
}

export async function readTradingDays(select: Select, span: Span, max: number): Promise<TradingDays> {
  const [trader, from, until] = spanValues(span)
  const [, , last] = spanValues({ ...span, until: span.until + DAY_LASTS_MAX_MS })
  const days = await select<TradingDay>(DAYS, [trader, from, last, until, max])
  return { days: days.slice(-max), more: days.length > max }
}

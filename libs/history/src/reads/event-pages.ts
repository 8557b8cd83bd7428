import { formatInstant } from '@drawbridge/contracts'
import type { Select } from './history-reader.ts'
import { CODE, type Span, spanValues } from './span.ts'

/** One event as a table has it: amounts are exact decimal strings, times RFC 3339 in UTC. */
export interface EventRow {
  readonly effective_at: string
  readonly recorded_at: string
  readonly version: string
  readonly event_type: string
  readonly equity: string | null
  readonly balance: string | null
  readonly peak: string | null
  readonly daily_pnl: string | null
  readonly drawdown_pct: string | null
  readonly code: string
  readonly paused_until: string | null
  readonly reason: string | null
  readonly trace_id: string | null
}

const utc = (time: string) => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const PAGE = `
  SELECT ${utc('effective_at')} AS effective_at, ${utc('recorded_at')} AS recorded_at, version::text AS version, event_type,
    current_equity::text AS equity, balance::text AS balance, peak_equity::text AS peak, daily_pnl::text AS daily_pnl,
    drawdown_pct::text AS drawdown_pct, ${CODE} AS code, ${utc('paused_until')} AS paused_until, reason, trace_id
  FROM risk_state_history AS event
  WHERE trader_id = $1 AND effective_at < $3 AND effective_at >= $2 AND (effective_at, version) > ($4::timestamptz, $5::bigint)
  ORDER BY event.effective_at, event.version
  LIMIT $6`

/**
 * Events of a span in the order of time, page by page.
 * @param after the last one of the page before; null: from the first on
 */
export async function readEventPage(
  select: Select,
  span: Span,
  after: EventRow | null,
  max: number,
): Promise<readonly EventRow[]> {
  const [trader, from, until] = spanValues(span)
  const place = after === null ? [formatInstant(span.from), 0] : [after.effective_at, after.version]
  const begin = after === null ? from : after.effective_at
  return select<EventRow>(PAGE, [trader, begin, until, ...place, max])
}

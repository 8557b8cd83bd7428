import { type EquityChart, type EquityPoint, equityChart } from '../core/equity-chart.ts'
import { equitySource, hasEquityAggregates } from './equity-source.ts'
import type { Select } from './history-reader.ts'
import { eventOfVersion, millis, type Span, spanValues } from './span.ts'

/** The most points that one chart has. */
export const POINTS_MAX = 5_000

/** What a point says of the trader after its last event; nothing, where that is not kept any more. */
const AFTER_LAST = `
  last.peak_equity::float8 AS peak,
  (SELECT jsonb_agg(jsonb_build_array(limit_name, measure, line, reference, blocks_at) ORDER BY limit_name)
    FROM risk_limits_of(last.limit_states)) AS limits`

function bucketsOf(buckets: string): string {
  return `
  WITH buckets AS MATERIALIZED (${buckets})
  SELECT ${millis('buckets.at')} AS at, events::float8 AS events, last_version::float8 AS version,
    coalesce(buckets.first_equity, first.current_equity)::float8 AS first,
    low::float8 AS low, high::float8 AS high,
    coalesce(buckets.last_equity, last.current_equity)::float8 AS last,
    drawdown::float8 AS "drawdownPct", ${AFTER_LAST}
  FROM buckets
  LEFT JOIN LATERAL (${eventOfVersion('first_version')}) AS first ON true
  LEFT JOIN LATERAL (${eventOfVersion('last_version')}) AS last ON true
  ORDER BY buckets.at, first_version`
}

/** One event, as a point of its own. */
function neighbour(condition: string, order: string): string {
  return `
  SELECT ${millis('last.effective_at')} AS at, 1::float8 AS events, last.version::float8 AS version,
    last.current_equity::float8 AS first, last.current_equity::float8 AS low, last.current_equity::float8 AS high,
    last.current_equity::float8 AS last, last.drawdown_pct::float8 AS "drawdownPct",
    ${AFTER_LAST}
  FROM (
    SELECT * FROM risk_state_history WHERE trader_id = $1 AND ${condition} AND current_equity IS NOT NULL
    ORDER BY effective_at ${order}, version ${order} LIMIT 1
  ) AS last`
}
const BEFORE = neighbour('effective_at < $2', 'DESC')
const AFTER = neighbour('effective_at >= $2', 'ASC')

/**
 * Equity of a trader in a span, by at most so many points and one more: each has the first, the lowest, the highest and the
 * last equity of its events, and what the engine said after the last one. A span with fewer events has each of them. The
 * last event before the span and the first after it are points, too, so that lines reach the edges.
 */
export async function readEquity(select: Select, span: Span, points: number): Promise<EquityChart> {
  const bucketMs = Math.max(1, (span.until - span.from) / points)
  const { name, unitMs, buckets } = equitySource(await hasEquityAggregates(select), bucketMs)
  const widthMs = Math.ceil(bucketMs / unitMs) * unitMs
  // What is kept of a day or an hour is read as a whole.
  const from = Math.floor(span.from / unitMs) * unitMs
  const until = Math.ceil(span.until / unitMs) * unitMs
  const values = spanValues({ ...span, from, until })
  const [trader, fromText, untilText] = values
  const before = await select<EquityPoint>(BEFORE, [trader, fromText])
  const within = await select<EquityPoint>(bucketsOf(buckets), [...values, widthMs / 1000])
  const after = await select<EquityPoint>(AFTER, [trader, untilText])
  return equityChart(name, widthMs, [...before, ...within, ...after])
}

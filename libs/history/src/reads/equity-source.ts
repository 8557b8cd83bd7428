import { BLOCK_EVENTS } from '../schema.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './durations.ts'
import type { Select } from './history-reader.ts'
import { piecesOf } from './pieces.ts'

/** Where a chart is read from: the events, or what TimescaleDB keeps of each minute, hour or day. */
export interface EquitySource {
  readonly name: 'events' | 'minutes' | 'hours' | 'days'
  /** Buckets of a chart are a multiple of it, milliseconds. */
  readonly unitMs: number
  /**
   * A query of the buckets of a span; $4 is their width in seconds. First and last equity are null where the events
   * themselves are sure to be there.
   */
  readonly buckets: string
}

/** Buckets begin at multiples of their width, so that they stay the same while a chart is moved. */
function bucketOf(time: string): string {
  return `date_bin(make_interval(secs => $4::float8), ${time}, TIMESTAMPTZ '2000-01-01 00:00:00+00')`
}

/** By the events, or a block of them that lies within a bucket. */
const EVENTS: EquitySource = {
  name: 'events',
  unitMs: 1,
  buckets: `
    WITH ${piecesOf(`${bucketOf('effective_from')} = ${bucketOf('effective_until')}`)}, pieces AS (
      SELECT effective_at AS at, version AS first_version, version AS last_version, recorded_at AS recorded_from,
        recorded_at AS recorded_until, 1 AS events, current_equity AS low, current_equity AS high, drawdown_pct
      FROM single WHERE current_equity IS NOT NULL
      UNION ALL
      SELECT effective_from, first_version, last_version, recorded_from, recorded_until, ${BLOCK_EVENTS}, low, high, drawdown_pct
      FROM whole
    )
    SELECT min(at) AS at, min(first_version) AS first_version, max(last_version) AS last_version,
      min(recorded_from) AS recorded_from, max(recorded_until) AS recorded_until, sum(events) AS events,
      NULL::numeric AS first_equity, NULL::numeric AS last_equity,
      min(low) AS low, max(high) AS high, max(drawdown_pct) AS drawdown
    FROM pieces
    GROUP BY ${bucketOf('at')}`,
}

/** The continuous aggregates behind the views `risk_equity_1m`, `_1h` and `_1d`, see `equity-views.ts`. */
function aggregate(name: EquitySource['name'], unitMs: number, table: string, recordedWidth: string): EquitySource {
  return {
    name,
    unitMs,
    buckets: `
    SELECT min(bucket) AS at, (min(open))[1]::bigint AS first_version, (max(close))[1]::bigint AS last_version,
      min(recorded) AS recorded_from, max(recorded) + INTERVAL '${recordedWidth}' AS recorded_until,
      sum(events) AS events, (min(open))[2] AS first_equity, (max(close))[2] AS last_equity,
      min(low) AS low, max(high) AS high, max(drawdown_pct_max) AS drawdown
    FROM ${table}
    WHERE trader_id = $1 AND bucket >= $2 AND bucket < $3
    GROUP BY ${bucketOf('bucket')}`,
  }
}

/** The widest first. */
const AGGREGATES: readonly EquitySource[] = [
  aggregate('days', DAY_MS, 'risk_equity_1d_parts', '1 day'),
  aggregate('hours', HOUR_MS, 'risk_equity_1h_parts', '1 hour'),
  aggregate('minutes', MINUTE_MS, 'risk_equity_1m_parts', '1 hour'),
]

/** So many units in a bucket at least: rounded to whole units, a bucket is then at most a quarter wider than asked for. */
const UNITS_MIN = 4

/** @param hasAggregates whether the database keeps them. @param bucketMs how wide a bucket has to be */
export function equitySource(hasAggregates: boolean, bucketMs: number): EquitySource {
  if (!hasAggregates) return EVENTS
  return AGGREGATES.find(({ unitMs }) => bucketMs >= UNITS_MIN * unitMs) ?? EVENTS
}

/** Only the community edition of TimescaleDB has them. */
export async function hasEquityAggregates(select: Select): Promise<boolean> {
  const tables = ['risk_equity_1m_parts', 'risk_equity_1h_parts', 'risk_equity_1d_parts']
  const [row] = await select<{ found: boolean }>(
    'SELECT bool_and(to_regclass(name) IS NOT NULL) AS found FROM unnest($1::text[]) AS name',
    [tables],
  )
  return row?.found === true
}

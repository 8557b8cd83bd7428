import type { ClientBase } from 'pg'

/** Equity in buckets of one width, by trader. */
interface EquityView {
  readonly name: string
  /** Width of a bucket, of `effective_at`. */
  readonly width: string
  /** Width of `recorded_at` in the continuous aggregate behind it. */
  readonly recordedWidth: string
  /** How far behind the aggregate stays; newer events are aggregated when the view is read. */
  readonly behind: string
}

const EQUITY_VIEWS: readonly EquityView[] = [
  { name: 'risk_equity_1m', width: '1 minute', recordedWidth: '1 hour', behind: '1 hour' },
  { name: 'risk_equity_1h', width: '1 hour', recordedWidth: '1 hour', behind: '1 hour' },
  { name: 'risk_equity_1d', width: '1 day', recordedWidth: '1 day', behind: '1 day' },
]
const REFRESHED_EVERY = '10 minutes'

/** Arrays compare by their first element: the least one has the first version, together with its equity. */
const AGGREGATES = `
  min(ARRAY[version::numeric, current_equity]) AS open,
  max(current_equity) AS high,
  min(current_equity) AS low,
  max(ARRAY[version::numeric, current_equity]) AS close,
  max(drawdown_pct) AS drawdown_pct_max,
  count(*) AS events`

/** Buckets begin at whole minutes, hours and days of UTC. */
function bucketOf({ width }: EquityView): string {
  return `date_bin(INTERVAL '${width}', effective_at, TIMESTAMPTZ '2000-01-01 00:00:00+00')`
}

/** The views aggregate the history when they are read. Safe to repeat. */
export async function createPlainEquityViews(client: ClientBase): Promise<void> {
  for (const view of EQUITY_VIEWS) {
    await client.query(`CREATE OR REPLACE VIEW ${view.name} AS
      SELECT trader_id, bucket, open[2] AS open, high, low, close[2] AS close, drawdown_pct_max, events
      FROM (
        SELECT trader_id, ${bucketOf(view)} AS bucket, ${AGGREGATES}
        FROM risk_state_history
        WHERE current_equity IS NOT NULL
        GROUP BY 1, 2
      ) AS buckets`)
  }
}

/**
 * Puts continuous aggregates behind the views; for the community edition of TimescaleDB. An aggregate must group by the column
 * that partitions its hypertable, which is `recorded_at`. So it has each bucket of `effective_at` in parts, one for each
 * interval of `recorded_at` with events of the bucket, and the view combines the parts. Safe to repeat.
 */
export async function createAggregatedEquityViews(client: ClientBase): Promise<void> {
  for (const view of EQUITY_VIEWS) {
    const aggregate = `${view.name}_parts`
    const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [aggregate])
    if (rows[0]?.found !== true) await createAggregate(client, view, aggregate)
    await client.query(`CREATE OR REPLACE VIEW ${view.name} AS
      SELECT
        trader_id,
        bucket,
        (min(open))[2] AS open,
        max(high) AS high,
        min(low) AS low,
        (max(close))[2] AS close,
        max(drawdown_pct_max) AS drawdown_pct_max,
        sum(events)::bigint AS events
      FROM ${aggregate}
      GROUP BY trader_id, bucket`)
  }
}

async function createAggregate(client: ClientBase, view: EquityView, aggregate: string): Promise<void> {
  await client.query(`CREATE MATERIALIZED VIEW ${aggregate}
    WITH (timescaledb.continuous, timescaledb.materialized_only = false, timescaledb.create_group_indexes = false) AS
    SELECT
      trader_id,
      time_bucket(INTERVAL '${view.recordedWidth}', recorded_at) AS recorded,
      ${bucketOf(view)} AS bucket,
      ${AGGREGATES}
    FROM risk_state_history
    WHERE current_equity IS NOT NULL
    GROUP BY 1, 2, 3
    WITH NO DATA`)
  await client.query(`CREATE INDEX ON ${aggregate} (trader_id, bucket)`)
  // Without a start: events stored late, after an outage, are aggregated, too.
  await client.query(`SELECT add_continuous_aggregate_policy('${aggregate}', start_offset => NULL,
    end_offset => INTERVAL '${view.behind}', schedule_interval => INTERVAL '${REFRESHED_EVERY}', if_not_exists => true)`)
}

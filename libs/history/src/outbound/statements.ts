import { CONFIGS, type Columns, type HistoryRow, LIMIT_STATES, limitStatesOf, SNAPSHOT } from '../tables.ts'
import type { Step } from './copy-transaction.ts'

const { names: EVENT, changes: CHANGES } = SNAPSHOT
const { names: CONFIG } = CONFIGS

/** Tables of a connection's own, empty again after each transaction: COPY cannot leave out a row that is there. */
export const OWN_TABLES = [
  ownTable('arrived_events', `AS SELECT ${EVENT} FROM risk_state_history WITH NO DATA`),
  ownTable('newest_events', `AS SELECT ${EVENT} FROM risk_state WITH NO DATA`),
  ownTable('arrived_configs', `AS SELECT ${CONFIG} FROM risk_config_history WITH NO DATA`),
  'CREATE TEMP TABLE IF NOT EXISTS oldest_events (trader_id text, version bigint) ON COMMIT DELETE ROWS',
].join(';\n')

function ownTable(name: string, content: string): string {
  return `CREATE TEMP TABLE IF NOT EXISTS ${name} ON COMMIT DELETE ROWS ${content}`
}

/** Adds events that are not there yet; the database refuses all if one is there (23505). */
export function addHistory(events: Buffer): readonly Step[] {
  return [{ sql: `COPY risk_state_history (${EVENT}) FROM STDIN`, rows: events }]
}

/** Adds events; one that is there already stays as it is. Takes half as long again. The last step tells how many were new. */
export function addNewHistory(events: Buffer): readonly Step[] {
  return [
    copyArrived(events),
    { sql: `INSERT INTO risk_state_history (${EVENT}) SELECT ${EVENT} FROM arrived_events ON CONFLICT DO NOTHING` },
  ]
}

function copyArrived(events: Buffer): Step {
  return { sql: `COPY arrived_events (${EVENT}) FROM STDIN`, rows: events }
}

const DAY_MS = 86_400_000
/** Less than the shortest retention, by more than clocks differ. */
const RECENT_DAYS = 6

/**
 * Whether an instant is so long ago that the retention may have dropped its events.
 * @param instant RFC 3339 in UTC
 * @param now milliseconds since 1970
 */
export function isLongAgo(instant: string, now: number): boolean {
  return instant < new Date(now - RECENT_DAYS * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
}

/**
 * Adds events that the retention keeps; one that is there already stays as it is. The last older event of each trader
 * becomes its state at the cut. For events of long ago: they come again when the log is read from its start, and nothing
 * that was dropped must come back. The third step tells how many were new.
 */
export function addKeptHistory(events: Buffer): readonly Step[] {
  return [
    // The cut stays where it is until we have committed.
    { sql: 'SELECT FROM risk_retention FOR SHARE' },
    copyArrived(events),
    {
      sql: `INSERT INTO risk_state_history (${EVENT}) SELECT ${EVENT} FROM arrived_events
WHERE recorded_at >= (SELECT kept_from FROM risk_retention) ON CONFLICT DO NOTHING`,
    },
    {
      sql: `INSERT INTO risk_state_at_cut AS cut (${EVENT}) SELECT DISTINCT ON (trader_id) ${EVENT} FROM arrived_events
WHERE recorded_at < (SELECT kept_from FROM risk_retention) ORDER BY trader_id, version DESC
ON CONFLICT (trader_id) DO UPDATE SET ${CHANGES}, updated_at = now() WHERE cut.version < EXCLUDED.version`,
    },
  ]
}

/**
 * Moves the snapshot of each trader and its limits forward, never back: a batch may be older than what another replica
 * stored. Before that, it checks for contradictions.
 * @param oldest the oldest event of each trader that has several in the batch
 */
export function advanceSnapshot(newest: Buffer, oldest: Buffer): readonly Step[] {
  return [
    { sql: `COPY newest_events (${EVENT}) FROM STDIN`, rows: newest },
    ...(oldest.length === 0 ? [] : [{ sql: 'COPY oldest_events (trader_id, version) FROM STDIN', rows: oldest }]),
    { sql: CHECK_CONTRADICTIONS },
    {
      sql: `INSERT INTO risk_state (${EVENT}) SELECT ${EVENT} FROM newest_events
ON CONFLICT (trader_id) DO UPDATE SET ${CHANGES}, updated_at = now()
WHERE risk_state.version < EXCLUDED.version`,
    },
    ...FOLLOW_SNAPSHOT,
  ]
}

/** The newest events of the batch that the snapshot is at, whose rows stay locked: an older event changes no limit. */
const SNAPSHOT_IS_AT = 'newest_events AS newest JOIN risk_state USING (trader_id, version)'

/** Brings the limits of each trader to the event that the snapshot is at; those that it no longer has are removed. */
const FOLLOW_SNAPSHOT: readonly Step[] = [
  {
    sql: `INSERT INTO risk_limit_state (${LIMIT_STATES.names})
${limitStatesOf(`(SELECT newest.* FROM ${SNAPSHOT_IS_AT})`)}
ON CONFLICT (trader_id, limit_name) DO UPDATE SET ${LIMIT_STATES.changes}, updated_at = now()
WHERE risk_limit_state.version <> EXCLUDED.version`,
  },
  {
    sql: `DELETE FROM risk_limit_state AS had USING (SELECT newest.* FROM ${SNAPSHOT_IS_AT}) AS at
WHERE had.trader_id = at.trader_id AND had.version <> at.version`,
  },
]

/** SQLSTATE of our own: the history has another event of the same version. */
export const CONTRADICTION = 'DB002'

/** What is kept of the oldest event of a trader in a batch. */
export const OLDEST_COLUMNS: Columns<Pick<HistoryRow, 'trader_id' | 'version'>> = {
  trader_id: 'text',
  version: 'bigint',
}

/**
 * Refuses a batch if the history has another event of the same version, as when the log was restored from an older copy,
 * or began again. (The same event may come again.) Runs when the history and `newest_events` hold the batch. Looks nothing
 * up for a trader whose events are all newer than the snapshot.
 */
const CHECK_CONTRADICTIONS = `DO $check$
DECLARE twice record;
BEGIN
  SELECT newest.trader_id, held.version INTO twice
  FROM newest_events AS newest
  JOIN risk_state AS known ON known.trader_id = newest.trader_id
  LEFT JOIN oldest_events AS oldest ON oldest.trader_id = newest.trader_id
  CROSS JOIN LATERAL (
    SELECT version FROM risk_state_history AS history
    WHERE history.trader_id = newest.trader_id
      AND history.version BETWEEN coalesce(oldest.version, newest.version) AND newest.version
    GROUP BY version HAVING count(*) > 1 LIMIT 1
  ) AS held
  WHERE coalesce(oldest.version, newest.version) <= known.version
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the history has another event of version % of trader %', twice.version, twice.trader_id
      USING ERRCODE = '${CONTRADICTION}';
  END IF;
END $check$`

/** Adds configurations to their history; one that is there already stays as it is. */
export function addConfigHistory(configs: Buffer): readonly Step[] {
  return [
    { sql: `COPY arrived_configs (${CONFIG}) FROM STDIN`, rows: configs },
    { sql: `INSERT INTO risk_config_history (${CONFIG}) SELECT ${CONFIG} FROM arrived_configs ON CONFLICT DO NOTHING` },
  ]
}

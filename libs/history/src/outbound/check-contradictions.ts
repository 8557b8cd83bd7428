import type { Columns, HistoryRow } from '../tables.ts'
import type { Step } from './copy-transaction.ts'

/** SQLSTATE of our own: the history has another event of the same version. */
export const CONTRADICTION = 'DB002'

/** What is kept of the oldest event of a trader in a batch. */
export const OLDEST_COLUMNS: Columns<Pick<HistoryRow, 'trader_id' | 'version'>> = {
  trader_id: 'text',
  version: 'bigint',
}

export const OLDEST_EVENTS = `CREATE TEMP TABLE IF NOT EXISTS oldest_events (trader_id text, version bigint) ON COMMIT DELETE ROWS`

/**
 * Refuses a batch with an event that the history has otherwise: another event of that version, as a log brings that was
 * restored from an older copy, or began again. To be done when history and \`newest_events\` hold the batch. One that comes
 * again is the same event. Of a trader whose events are all newer than the snapshot nothing is looked up.
 * @param oldest of the traders with several events in the batch
 */
export function checkContradictions(oldest: Buffer): readonly Step[] {
  const copy = { sql: 'COPY oldest_events (trader_id, version) FROM STDIN', rows: oldest }
  return [...(oldest.length === 0 ? [] : [copy]), { sql: CHECK }]
}

const CHECK = `DO $check$
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

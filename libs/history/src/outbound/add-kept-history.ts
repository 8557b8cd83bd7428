import { SNAPSHOT } from '../tables.ts'
import type { Step } from './copy-transaction.ts'

const { names: NAMES, changes: CHANGES } = SNAPSHOT

const DAY_MS = 86_400_000
/** Less than the shortest retention, by more than clocks differ. */
const RECENT_DAYS = 6

/**
 * Whether an instant is so long ago that the retention may have given it up.
 * @param instant RFC 3339 in UTC
 * @param now milliseconds since 1970
 */
export function isLongAgo(instant: string, now: number): boolean {
  return instant < new Date(now - RECENT_DAYS * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
}

/**
 * Adds events that the retention keeps, one that is there already stays as it is; of each trader's older ones the last takes
 * the place of the state at the cut. For events of long ago: they come again when the log is read from its start, and
 * nothing that was dropped must come back. The third step tells how many were new.
 */
export function addKeptHistory(events: Buffer): readonly Step[] {
  return [
    // The cut stays where it is until we have committed.
    { sql: 'SELECT FROM risk_retention FOR SHARE' },
    { sql: `COPY arrived_events (${NAMES}) FROM STDIN`, rows: events },
    {
      sql: `INSERT INTO risk_state_history (${NAMES}) SELECT ${NAMES} FROM arrived_events
WHERE recorded_at >= (SELECT kept_from FROM risk_retention) ON CONFLICT DO NOTHING`,
    },
    {
      sql: `INSERT INTO risk_state_at_cut AS cut (${NAMES}) SELECT DISTINCT ON (trader_id) ${NAMES} FROM arrived_events
WHERE recorded_at < (SELECT kept_from FROM risk_retention) ORDER BY trader_id, version DESC
ON CONFLICT (trader_id) DO UPDATE SET ${CHANGES}, updated_at = now() WHERE cut.version < EXCLUDED.version`,
    },
  ]
}

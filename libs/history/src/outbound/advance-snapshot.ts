import { SNAPSHOT } from '../tables.ts'
import type { Step } from './copy-transaction.ts'

const { names: NAMES, changes: CHANGES } = SNAPSHOT

export const NEWEST_EVENTS = `CREATE TEMP TABLE IF NOT EXISTS newest_events ON COMMIT DELETE ROWS
AS SELECT ${NAMES} FROM risk_state WITH NO DATA`

/**
 * Moves the snapshot of each trader forward, never back: a batch may be older than what another replica stored.
 * @param check done when the newest events are known, and the snapshot is still that of before
 */
export function advanceSnapshot(newest: Buffer, check: readonly Step[] = []): readonly Step[] {
  return [
    { sql: `COPY newest_events (${NAMES}) FROM STDIN`, rows: newest },
    ...check,
    {
      sql: `INSERT INTO risk_state (${NAMES}) SELECT ${NAMES} FROM newest_events
ON CONFLICT (trader_id) DO UPDATE SET ${CHANGES}, updated_at = now()
WHERE risk_state.version < EXCLUDED.version`,
    },
  ]
}

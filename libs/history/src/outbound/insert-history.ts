import { HISTORY } from '../tables.ts'
import type { Step } from './copy-transaction.ts'

const { names: NAMES } = HISTORY

export const ARRIVED_EVENTS = `CREATE TEMP TABLE IF NOT EXISTS arrived_events ON COMMIT DELETE ROWS
AS SELECT ${NAMES} FROM risk_state_history WITH NO DATA`

/** Adds events that are not there yet; the database refuses all where one is (23505). */
export function addHistory(events: Buffer): readonly Step[] {
  return [{ sql: `COPY risk_state_history (${NAMES}) FROM STDIN`, rows: events }]
}

/** Adds events; one that is there already stays as it is. Takes half as long again. The last step tells how many were new. */
export function addNewHistory(events: Buffer): readonly Step[] {
  return [
    { sql: `COPY arrived_events (${NAMES}) FROM STDIN`, rows: events },
    { sql: `INSERT INTO risk_state_history (${NAMES}) SELECT ${NAMES} FROM arrived_events ON CONFLICT DO NOTHING` },
  ]
}

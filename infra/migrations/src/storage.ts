import type { ClientBase } from 'pg'
import { createHistoryPartitions, monthsFrom } from './partitions.ts'

/** What keeps the history: detected from the database, never configured. */
export type Storage =
  /** Hypertable, columnstore, retention, continuous aggregates. */
  | 'timescaledb-community'
  /** Hypertable and drop_chunks. */
  | 'timescaledb-apache'
  /** Native range partitions, one for each month. */
  | 'postgresql'

/** How this database keeps the history; the table decides, so that an extension installed later changes nothing. */
export async function detectStorage(client: ClientBase): Promise<Storage> {
  const { rows } = await client.query<{ native: boolean; license: string | null }>(
    `SELECT relkind = 'p' AS native, current_setting('timescaledb.license', true) AS license
     FROM pg_class WHERE oid = 'risk_state_history'::regclass`,
  )
  if (rows[0]?.native === true) return 'postgresql'
  return rows[0]?.license === 'timescale' ? 'timescaledb-community' : 'timescaledb-apache'
}

const MONTHS_AHEAD = 2

/** Has the history ready for the months to come. Safe to repeat. */
export async function ensureStorage(client: ClientBase): Promise<Storage> {
  const storage = await detectStorage(client)
  if (storage === 'postgresql') {
    const { rows } = await client.query<{ now: Date }>('SELECT now() AS now')
    if (rows[0] !== undefined) await createHistoryPartitions(client, monthsFrom(rows[0].now, MONTHS_AHEAD))
  }
  return storage
}

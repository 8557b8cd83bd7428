import type { ClientBase } from 'pg'
import { ensureColumnstore } from './columnstore.ts'
import { createAggregatedEquityViews, createPlainEquityViews } from './equity-views.ts'
import { createPartitionsAhead } from './partitions.ts'

/** What keeps the history: detected from the database, never configured. */
export type Storage =
  /** Hypertable, columnstore, continuous aggregates. */
  | 'timescaledb-community'
  /** Hypertable. */
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

/** Has everything beside the numbered migrations in place that this way to keep the history has. Safe to repeat. */
export async function ensureStorage(client: ClientBase): Promise<Storage> {
  const storage = await detectStorage(client)
  if (storage === 'timescaledb-community') {
    await ensureColumnstore(client)
    await createAggregatedEquityViews(client)
    return storage
  }
  if (storage === 'postgresql') await createPartitionsAhead(client)
  await createPlainEquityViews(client)
  return storage
}

import type { ClientBase } from 'pg'
import { createAggregatedEquityViews, createPlainEquityViews } from './equity-views.ts'
import { createPartitionsAhead } from './partitions.ts'

/** How the history is stored: detected from the database, never configured. */
export type Storage =
  /** Hypertable, columnstore, continuous aggregates. */
  | 'timescaledb-community'
  /** Hypertable. */
  | 'timescaledb-apache'
  /** Native range partitions, one for each month. */
  | 'postgresql'

/** How this database stores the history; the table determines it, so that an extension installed later changes nothing. */
export async function detectStorage(client: ClientBase): Promise<Storage> {
  const { rows } = await client.query<{ native: boolean; license: string | null }>(
    `SELECT relkind = 'p' AS native, current_setting('timescaledb.license', true) AS license
     FROM pg_class WHERE oid = 'risk_state_history'::regclass`,
  )
  if (rows[0]?.native === true) return 'postgresql'
  return rows[0]?.license === 'timescale' ? 'timescaledb-community' : 'timescaledb-apache'
}

/** Creates everything else that this storage needs besides the numbered migrations. Safe to repeat. */
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

/** Chunks whose last event is this old are stored by column. */
const AFTER = '7 days'
const SEGMENT_BY = 'trader_id'
/** As the rows come; columns of the key, by which an event that comes again is found. */
const ORDER_BY = 'version, recorded_at'

const COLUMNSTORE = {
  enable: `ALTER TABLE risk_state_history SET (timescaledb.enable_columnstore,
    timescaledb.segmentby = '${SEGMENT_BY}', timescaledb.orderby = '${ORDER_BY}')`,
  addPolicy: `CALL add_columnstore_policy('risk_state_history', after => INTERVAL '${AFTER}', if_not_exists => true)`,
}
/** The names that TimescaleDB before 2.18 uses. */
const COMPRESSION = {
  enable: `ALTER TABLE risk_state_history SET (timescaledb.compress,
    timescaledb.compress_segmentby = '${SEGMENT_BY}', timescaledb.compress_orderby = '${ORDER_BY}')`,
  addPolicy: `SELECT add_compression_policy('risk_state_history', INTERVAL '${AFTER}', if_not_exists => true)`,
}

/** Stores old chunks by column; for the community edition of TimescaleDB. Safe to repeat. */
async function ensureColumnstore(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ enabled: boolean; named: boolean }>(`
    SELECT compression_enabled AS enabled, EXISTS (SELECT FROM pg_proc WHERE proname = 'add_columnstore_policy') AS named
    FROM timescaledb_information.hypertables WHERE hypertable_name = 'risk_state_history'`)
  const { enable, addPolicy } = rows[0]?.named === true ? COLUMNSTORE : COMPRESSION
  // Existing settings stay: an operator may have changed them.
  if (rows[0]?.enabled !== true) await client.query(enable)
  await client.query(addPolicy)
}

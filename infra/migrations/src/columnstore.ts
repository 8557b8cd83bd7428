import type { ClientBase } from 'pg'

/** Chunks whose last event is so old are kept by column. */
const AFTER = '7 days'
const SEGMENT_BY = 'trader_id'
/** As the rows come; the columns of the key, by which an event that comes again is found. */
const ORDER_BY = 'version, recorded_at'

/** How a version of TimescaleDB names what it does. */
interface Dialect {
  readonly enable: string
  readonly addPolicy: string
}

const COLUMNSTORE: Dialect = {
  enable: `ALTER TABLE risk_state_history SET (timescaledb.enable_columnstore,
    timescaledb.segmentby = '${SEGMENT_BY}', timescaledb.orderby = '${ORDER_BY}')`,
  addPolicy: `CALL add_columnstore_policy('risk_state_history', after => INTERVAL '${AFTER}', if_not_exists => true)`,
}

/** Before 2.18. */
const COMPRESSION: Dialect = {
  enable: `ALTER TABLE risk_state_history SET (timescaledb.compress,
    timescaledb.compress_segmentby = '${SEGMENT_BY}', timescaledb.compress_orderby = '${ORDER_BY}')`,
  addPolicy: `SELECT add_compression_policy('risk_state_history', INTERVAL '${AFTER}', if_not_exists => true)`,
}

/** Has old chunks kept by column; for the community edition of TimescaleDB. Safe to repeat. */
export async function ensureColumnstore(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ enabled: boolean; named: boolean }>(`
    SELECT compression_enabled AS enabled, EXISTS (SELECT FROM pg_proc WHERE proname = 'add_columnstore_policy') AS named
    FROM timescaledb_information.hypertables WHERE hypertable_name = 'risk_state_history'`)
  const { enable, addPolicy } = rows[0]?.named === true ? COLUMNSTORE : COMPRESSION
  // What is set is left alone: an operator may have set it otherwise.
  if (rows[0]?.enabled !== true) await client.query(enable)
  await client.query(addPolicy)
}

import type pg from 'pg'

/** In the order in which a persister locks them, so that one that still stores is waited for. */
const TABLES = [
  'risk_log_epoch',
  'risk_retention',
  'risk_state_history',
  'risk_state_at_cut',
  'risk_config_history',
  'risk_state',
  'risk_limit_state',
  'risk_log_adoption',
]

/**
 * Keeps what the tables hold, so that tests may change it and need not make it each.
 * @returns what brings it back
 */
export async function keepTables(pool: pg.Pool): Promise<() => Promise<void>> {
  const keep = TABLES.map((table) => `CREATE TABLE kept.${table} AS TABLE ${table};`)
  await pool.query(['CREATE SCHEMA kept;', ...keep].join('\n'))
  const fill = TABLES.map((table) => `INSERT INTO ${table} TABLE kept.${table};`)
  const bringBack = [`TRUNCATE ${TABLES.join(', ')};`, ...fill].join('\n')
  return async () => {
    await pool.query(bringBack)
  }
}

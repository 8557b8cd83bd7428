import { CONFIGS } from '../tables.ts'
import type { Step } from './copy-transaction.ts'

const { names: NAMES } = CONFIGS

export const ARRIVED_CONFIGS = `CREATE TEMP TABLE IF NOT EXISTS arrived_configs ON COMMIT DELETE ROWS
AS SELECT ${NAMES} FROM risk_config_history WITH NO DATA`

/** Adds configurations to their history; one that is there already stays as it is. */
export function addConfigHistory(configs: Buffer): readonly Step[] {
  return [
    { sql: `COPY arrived_configs (${NAMES}) FROM STDIN`, rows: configs },
    { sql: `INSERT INTO risk_config_history (${NAMES}) SELECT ${NAMES} FROM arrived_configs ON CONFLICT DO NOTHING` },
  ]
}

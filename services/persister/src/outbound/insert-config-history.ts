import type { ClientBase } from 'pg'
import { CONFIG_COLUMNS, columnArrays, columnNames, columnParameters } from '../core/columns.ts'
import type { ConfigRow } from '../core/config-row.ts'

const SQL = `INSERT INTO risk_config_history (${columnNames(CONFIG_COLUMNS)})
SELECT * FROM unnest(${columnParameters(CONFIG_COLUMNS)})
ON CONFLICT DO NOTHING`

/** Adds configurations to their history; one that is there already stays as it is. */
export async function insertConfigHistory(client: ClientBase, rows: readonly ConfigRow[]): Promise<void> {
  await client.query({ name: 'insert-config-history', text: SQL, values: columnArrays(CONFIG_COLUMNS, rows) })
}

import type { ClientBase } from 'pg'
import { columnArrays, columnNames, columnParameters, HISTORY_COLUMNS } from '../core/columns.ts'
import type { HistoryRow } from '../core/history-row.ts'

const SQL = `INSERT INTO risk_state_history (${columnNames(HISTORY_COLUMNS)})
SELECT * FROM unnest(${columnParameters(HISTORY_COLUMNS)})
ON CONFLICT DO NOTHING`

/**
 * Adds events to the history; one that is there already stays as it is.
 * @returns how many were new.
 */
export async function insertHistory(client: ClientBase, rows: readonly HistoryRow[]): Promise<number> {
  const values = columnArrays(HISTORY_COLUMNS, rows)
  const { rowCount } = await client.query({ name: 'insert-history', text: SQL, values })
  return rowCount ?? 0
}

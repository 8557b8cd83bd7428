import type { ClientBase } from 'pg'
import { columnArrays, columnNames, columnParameters, HISTORY_COLUMNS } from '../core/columns.ts'
import type { HistoryRow } from '../core/history-row.ts'

const changes = Object.keys(HISTORY_COLUMNS)
  .filter((name) => name !== 'trader_id')
  .map((name) => `"${name}" = EXCLUDED."${name}"`)
  .join(', ')

const SQL = `INSERT INTO risk_state (${columnNames(HISTORY_COLUMNS)})
SELECT * FROM unnest(${columnParameters(HISTORY_COLUMNS)})
ON CONFLICT (trader_id) DO UPDATE SET ${changes}, updated_at = now()
WHERE risk_state.version < EXCLUDED.version`

/** Moves the snapshot of each trader forward, never back: a batch may be older than what another replica stored. */
export async function advanceSnapshot(client: ClientBase, newest: readonly HistoryRow[]): Promise<void> {
  const values = columnArrays(HISTORY_COLUMNS, newest)
  await client.query({ name: 'advance-snapshot', text: SQL, values })
}

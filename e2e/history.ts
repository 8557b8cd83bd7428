import { HISTORY, type HistoryRow } from '@drawbridge/history'
import pg from 'pg'

/** Columns that another run may fill otherwise: clocks of machines, and places in streams. */
const OF_THE_RUN = ['recorded_at', 'updated_at', 'stream_seq', 'input_seq', 'config_version']

/** Asks a database one thing. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** The whole history as text, one row a line, without what differs from run to run. */
export async function historyOf(url: string): Promise<string[]> {
  const rows = await query<{ row: string }>(
    url,
    `SELECT (to_jsonb(h) - $1::text[] #- '{detail,lastTickAt}' #- '{detail,firstInputSeq}')::text AS row FROM risk_state_history h ORDER BY trader_id, version`,
    [OF_THE_RUN],
  )
  return rows.map(({ row }) => row)
}

/** Traders whose snapshot is not the last row of their history, in any column; none is right. */
export async function snapshotFaults(url: string): Promise<string[]> {
  const rows = await query<{ trader_id: string }>(
    url,
    `SELECT coalesce(s.trader_id, h.trader_id) AS trader_id
     FROM (SELECT trader_id, to_jsonb(risk_state) - 'updated_at' AS row FROM risk_state) s
     FULL JOIN (
       SELECT DISTINCT ON (trader_id) trader_id, to_jsonb(risk_state_history) - 'updated_at' AS row
       FROM risk_state_history ORDER BY trader_id, version DESC
     ) h USING (trader_id)
     WHERE s.row IS DISTINCT FROM h.row`,
  )
  return rows.map(({ trader_id }) => trader_id)
}

/**
 * Compares the history with the rows that it should be, column for column by the types of the database. Gives a line for
 * each row that is missing, or there without need: another value, a duplicate. None is right.
 */
export async function historyDifferences(url: string, expected: readonly HistoryRow[]): Promise<string[]> {
  const names = Object.keys(HISTORY.columns).map((name) => `"${name}"`)
  const types = Object.entries(HISTORY.columns).map(([name, type]) => `"${name}" ${type}`)
  const json = expected.map((row) => ({ ...row, detail: row.detail === null ? null : JSON.parse(row.detail) }))
  const rows = await query<{ difference: string }>(
    url,
    `WITH expected AS MATERIALIZED (SELECT ${names} FROM jsonb_to_recordset($1::jsonb) AS rows (${types})),
     held AS MATERIALIZED (SELECT ${names} FROM risk_state_history)
     SELECT 'missing ' || to_jsonb(missing)::text AS difference FROM (TABLE expected EXCEPT ALL TABLE held) missing
     UNION ALL SELECT 'extra ' || to_jsonb(extra)::text FROM (TABLE held EXCEPT ALL TABLE expected) extra
     ORDER BY 1 LIMIT 20`,
    [JSON.stringify(json)],
  )
  return rows.map(({ difference }) => difference)
}

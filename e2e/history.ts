import { HISTORY, type HistoryRow, limitStatesOf } from '@drawbridge/history'
import pg from 'pg'

/** Columns that differ between runs: clocks of machines, and stream sequences. */
const OF_THE_RUN = ['recorded_at', 'updated_at', 'stream_seq', 'input_seq', 'config_version']

/** Runs one query. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  // A connection that dies is reported by the query.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** The whole history as text, one row per line, without columns that differ between runs. */
export async function historyOf(url: string): Promise<string[]> {
  const rows = await query<{ row: string }>(
    url,
    `SELECT (to_jsonb(h) - $1::text[] #- '{detail,lastTickAt}' #- '{detail,firstInputSeq}')::text AS row FROM risk_state_history h ORDER BY trader_id, version`,
    [OF_THE_RUN],
  )
  return rows.map(({ row }) => row)
}

/** Traders whose snapshot, or a limit of it, differs from the last row of their history; the correct result is none. */
export async function snapshotFaults(url: string): Promise<string[]> {
  const rows = await query<{ trader_id: string }>(
    url,
    `SELECT coalesce(s.trader_id, h.trader_id) AS trader_id
     FROM (SELECT trader_id, to_jsonb(risk_state) - 'updated_at' AS row FROM risk_state) s
     FULL JOIN (
       SELECT DISTINCT ON (trader_id) trader_id, to_jsonb(risk_state_history) - 'updated_at' AS row
       FROM risk_state_history ORDER BY trader_id, version DESC
     ) h USING (trader_id)
     WHERE s.row IS DISTINCT FROM h.row
     UNION
     SELECT trader_id FROM (${limitStatesOf('risk_state')}) AS one FULL JOIN risk_limit_state AS held USING (trader_id, limit_name)
     WHERE to_jsonb(one) IS DISTINCT FROM to_jsonb(held) - 'updated_at'`,
  )
  return rows.map(({ trader_id }) => trader_id)
}

/**
 * Compares the history with the expected rows, column for column with the types of the database. Returns a line for each
 * missing or extra row (another value, a duplicate); the correct result is none.
 */
export async function historyDifferences(url: string, expected: readonly HistoryRow[]): Promise<string[]> {
  const names = Object.keys(HISTORY.columns).map((name) => `"${name}"`)
  const types = Object.entries(HISTORY.columns).map(([name, type]) => `"${name}" ${type}`)
  const parsed = (text: string | null) => (text === null ? null : JSON.parse(text))
  const json = expected.map((row) => ({
    ...row,
    detail: parsed(row.detail),
    limit_states: parsed(row.limit_states),
    undo: parsed(row.undo),
  }))
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

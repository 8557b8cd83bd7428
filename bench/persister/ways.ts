import {
  addHistory,
  addNewHistory,
  advanceSnapshot,
  type Batch,
  BatchEncoder,
  HISTORY,
  type HistoryRow,
  runTransaction,
  SNAPSHOT,
} from '@drawbridge/history'
import type pg from 'pg'

/** Stores a batch in one transaction: the events in the history, and the newest of each trader in the snapshot. */
export type Way = (client: pg.ClientBase, batch: Batch) => Promise<void>

const { names: NAMES, columns: TYPES } = HISTORY
const COLUMNS = Object.keys(TYPES) as (keyof HistoryRow)[]
const PARAMETERS_MAX = 65_535
const ROWS_MAX = Math.floor(PARAMETERS_MAX / COLUMNS.length)
const ADD = `INSERT INTO risk_state_history (${NAMES})`
const UNLESS_THERE = 'ON CONFLICT DO NOTHING'
const ADVANCE = `INSERT INTO risk_state (${NAMES})`
const FORWARD = `ON CONFLICT (trader_id) DO UPDATE SET ${SNAPSHOT.changes}, updated_at = now()
  WHERE risk_state.version < EXCLUDED.version`

const encoder = new BatchEncoder()

export const WAYS = {
  /** One parameter for each value. */
  values: async (client, { events, newest }) => {
    await client.query('BEGIN')
    await insertValues(client, ADD, events, UNLESS_THERE)
    await insertValues(client, ADVANCE, newest, FORWARD)
    await client.query('COMMIT')
  },
  /** One array for each column. */
  unnest: async (client, { events, newest }) => {
    await client.query('BEGIN')
    await client.query(unnest('add', ADD, events, UNLESS_THERE))
    await client.query(unnest('advance', ADVANCE, newest, FORWARD))
    await client.query('COMMIT')
  },
  /** COPY into a table of the connection's own, and from there where it is not there yet. */
  stagedCopy: async (client, batch) => {
    const { events, newest } = encoder.encode(batch)
    await runTransaction(client, [...addNewHistory(events), ...advanceSnapshot(newest)])
  },
  /** COPY into the history itself. */
  copy: async (client, batch) => {
    const { events, newest } = encoder.encode(batch)
    await runTransaction(client, [...addHistory(events), ...advanceSnapshot(newest)])
  },
} as const satisfies Readonly<Record<string, Way>>
export type WayName = keyof typeof WAYS

async function insertValues(
  client: pg.ClientBase,
  into: string,
  rows: readonly HistoryRow[],
  onConflict: string,
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_MAX) {
    const part = rows.slice(from, from + ROWS_MAX)
    const tuples = part.map(
      (_, row) => `(${COLUMNS.map((_, index) => `$${row * COLUMNS.length + index + 1}`).join(',')})`,
    )
    await client.query({
      name: `${into.slice(0, 30)} ${part.length}`,
      text: `${into} VALUES ${tuples.join(',')} ${onConflict}`,
      values: part.flatMap((row) => COLUMNS.map((name) => row[name])),
    })
  }
}

function unnest(name: string, into: string, rows: readonly HistoryRow[], onConflict: string): pg.QueryConfig {
  const parameters = COLUMNS.map((column, index) => `$${index + 1}::${TYPES[column]}[]`)
  const values = COLUMNS.map((column) => rows.map((row) => row[column]))
  return { name, text: `${into} SELECT * FROM unnest(${parameters.join(',')}) ${onConflict}`, values }
}

import { databaseReason, inHalves, type Table } from '@drawbridge/history'
import type { ClientBase, QueryResultRow } from 'pg'
import type { ColumnDifference, Finding, Report } from './finding.ts'

/** A row that the table does not hold as the log says, or cannot hold. */
export interface Fault<Row> {
  readonly row: Row
  readonly finding: 'missing' | 'different' | 'unreadable'
  readonly columns?: readonly ColumnDifference[]
  readonly says?: string
}

/** Columns that say in which log, and under which trace, an event was stored: what is carried over has other values there. */
const OF_THE_LOG: ReadonlySet<string> = new Set(['stream_seq', 'trace_id'])

/** Reports a fault. @param isCarried whether the event was carried over from another log */
export function reportFault<Row>(
  report: Report,
  place: Omit<Finding, 'finding'>,
  { finding, columns: all, says }: Fault<Row>,
  isCarried: boolean,
): void {
  const columns = isCarried ? all?.filter(({ column }) => !OF_THE_LOG.has(column)) : all
  if (columns?.length === 0) return
  report({ finding, ...place, ...(columns && { columns }), ...(says !== undefined && { says }) })
}

interface FaultyRow {
  /** From 1 up. */
  readonly place: string
  readonly is_missing: boolean
  readonly differs: readonly boolean[]
  readonly says: readonly (string | null)[]
}

/**
 * Looks up rows by their key and compares every column. The database does it, so that values are compared as the database
 * sees them (1.0 is 1.00, JSON has no order) and only differences are returned. Nothing is written: a standby will do.
 * @param partitionedBy a column of the key whose range determines the partitions; null: the table has none
 */
export function compareRows<Row extends object>(
  client: ClientBase,
  table: Table<Row>,
  rows: readonly Row[],
  partitionedBy: (keyof Row & string) | null = null,
): Promise<readonly Fault<Row>[]> {
  const compare = (some: readonly Row[]) => lookUp(client, table, some, partitionedBy)
  return inHalves(rows, compare, (row, error) => [{ row, finding: 'unreadable', says: databaseReason(error) }])
}

async function lookUp<Row extends object>(
  client: ClientBase,
  table: Table<Row>,
  rows: readonly Row[],
  partitionedBy: (keyof Row & string) | null,
): Promise<readonly Fault<Row>[]> {
  if (rows.length === 0) return []
  const names = Object.keys(table.columns) as (keyof Row & string)[]
  const arrays = names.map((name) => rows.map((row) => row[name]))
  const { rows: faulty } = await client.query<FaultyRow>(statementFor(table, names, partitionedBy), [
    ...arrays,
    ...rangeOf(partitionedBy, rows),
  ])
  return faulty.flatMap(({ place, is_missing: isMissing, differs, says }): Fault<Row> | Fault<Row>[] => {
    const row = rows[Number(place) - 1]
    if (row === undefined) return []
    if (isMissing) return { row, finding: 'missing' }
    const columns = names.flatMap((column, index) =>
      differs[index] === true
        ? { column, log: row[column] === null ? null : String(row[column]), table: says[index] ?? null }
        : [],
    )
    return { row, finding: 'different', columns }
  })
}

/** The least and the greatest value of a column; times are written so that they order as text. */
function rangeOf<Row extends object>(column: (keyof Row & string) | null, rows: readonly Row[]): unknown[] {
  if (column === null) return []
  const values = rows.map((row) => String(row[column])).sort()
  return [values[0], values.at(-1)]
}

function statementFor<Row extends object>(
  { name, columns, key }: Table<Row>,
  names: readonly (keyof Row & string)[],
  partitionedBy: (keyof Row & string) | null,
): string {
  const all = (side: string) => names.map((column) => `${side}."${column}"`).join(', ')
  const equal = key.map((column) => `"${column}" = said."${column}"`)
  const [from, to] = [names.length + 1, names.length + 2]
  if (partitionedBy !== null) equal.push(`"${partitionedBy}" BETWEEN $${from} AND $${to}`)
  // With the limit, each row is looked up by the index; for a join the planner may prefer to read a whole partition.
  return `SELECT place, had."${key[0]}" IS NULL AS is_missing,
  ARRAY[${names.map((column) => `said."${column}" IS DISTINCT FROM had."${column}"`).join(', ')}] AS differs,
  ARRAY[${names.map((column) => textIn('had', column, columns[column])).join(', ')}] AS says
FROM unnest(${names.map((column, index) => `$${index + 1}::${columns[column]}[]`).join(', ')})
  WITH ORDINALITY AS said (${names.map((column) => `"${column}"`).join(', ')}, place)
LEFT JOIN LATERAL (SELECT * FROM ${name} WHERE ${equal.join(' AND ')} LIMIT 1) AS had ON true
WHERE had."${key[0]}" IS NULL OR (${all('said')}) IS DISTINCT FROM (${all('had')})
ORDER BY place`
}

/** Times as RFC 3339, and everything else as SQL writes it. */
export function textIn(side: string, column: string, type: string | undefined): string {
  return type === 'timestamp with time zone' ? `to_json(${side}."${column}") #>> '{}'` : `${side}."${column}"::text`
}

const CHUNK = 5_000

/**
 * The rows of a query in chunks, as they were at its beginning: a cursor in its own transaction.
 * @param client used by nobody else meanwhile
 */
export async function* eachChunk<Row extends QueryResultRow>(
  client: ClientBase,
  query: string,
  values: readonly unknown[] = [],
): AsyncGenerator<readonly Row[], void> {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  try {
    await client.query(`DECLARE chunks NO SCROLL CURSOR FOR ${query}`, [...values])
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH ${CHUNK} FROM chunks`)
      if (rows.length === 0) break
      yield rows
    }
  } finally {
    // Nothing was written, and after a failure there is nothing else to do.
    await client.query('ROLLBACK').catch(() => undefined)
  }
}

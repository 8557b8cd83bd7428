import type { Table } from '@drawbridge/history'
import type { ClientBase } from 'pg'
import type { ColumnDifference } from './finding.ts'

/** A row of which the table says something else than the log. */
export type Fault<Row> =
  | { readonly kind: 'missing'; readonly row: Row }
  | { readonly kind: 'different'; readonly row: Row; readonly columns: readonly ColumnDifference[] }

interface FaultyRow {
  /** From 1 up. */
  readonly place: string
  readonly is_missing: boolean
  readonly differs: readonly boolean[]
  readonly says: readonly (string | null)[]
}

/**
 * Looks up rows by their key and compares every column. The database does it, so that values are compared as the database
 * sees them (1.0 is 1.00, JSON has no order) and only what differs comes back. Nothing is written: a standby will do.
 * @param partitionedBy a column of the key whose range says which partitions are looked at; null: the table has none
 */
export async function compareRows<Row extends object>(
  client: ClientBase,
  table: Table<Row>,
  rows: readonly Row[],
  partitionedBy: (keyof Row & string) | null = null,
): Promise<readonly Fault<Row>[]> {
  if (rows.length === 0) return []
  const names = Object.keys(table.columns) as (keyof Row & string)[]
  const arrays = names.map((name) => rows.map((row) => row[name]))
  const { rows: faulty } = await client.query<FaultyRow>(statementFor(table, names, partitionedBy), [
    ...arrays,
    ...rangeOf(partitionedBy, rows),
  ])
  return faulty.flatMap(({ place, is_missing: isMissing, differs, says }) => {
    const row = rows[Number(place) - 1]
    if (row === undefined) return []
    if (isMissing) return { kind: 'missing', row }
    const columns = names.flatMap((column, index) =>
      differs[index] === true ? { column, log: textOf(row[column]), table: says[index] ?? null } : [],
    )
    return { kind: 'different', row, columns }
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
  // The limit has each row looked up by the index; of a join the planner may think it better to read a partition as a whole.
  return `SELECT place, had."${key[0]}" IS NULL AS is_missing,
  ARRAY[${names.map((column) => `said."${column}" IS DISTINCT FROM had."${column}"`).join(', ')}] AS differs,
  ARRAY[${names.map((column) => textIn(column, columns[column])).join(', ')}] AS says
FROM unnest(${names.map((column, index) => `$${index + 1}::${columns[column]}[]`).join(', ')})
  WITH ORDINALITY AS said (${names.map((column) => `"${column}"`).join(', ')}, place)
LEFT JOIN LATERAL (SELECT * FROM ${name} WHERE ${equal.join(' AND ')} LIMIT 1) AS had ON true
WHERE had."${key[0]}" IS NULL OR (${all('said')}) IS DISTINCT FROM (${all('had')})
ORDER BY place`
}

/** Times as RFC 3339, and everything else as SQL writes it. */
function textIn(column: string, type: string): string {
  return type === 'timestamp with time zone' ? `to_json(had."${column}") #>> '{}'` : `had."${column}"::text`
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value)
}

import type { ClientBase } from 'pg'

/** A calendar month in UTC: `2026-03`. */
export type Month = string

const MONTH = /^(\d{4})-(\d{2})$/

/** @param instant RFC 3339 in UTC */
export function monthOf(instant: string): Month {
  return instant.slice(0, 'YYYY-MM'.length)
}

/** The month of an instant and so many more after it. */
export function monthsFrom(instant: Date, more: number): readonly Month[] {
  const months: Month[] = [monthOf(instant.toISOString())]
  while (months.length <= more) months.push(monthAfter(months.at(-1) ?? ''))
  return months
}

function monthAfter(month: Month): Month {
  const [, year, number] = MONTH.exec(month) ?? []
  if (year === undefined || number === undefined) {
    throw new Error(`a month is written like "2026-03", got ${JSON.stringify(month)}`)
  }
  return number === '12'
    ? `${String(Number(year) + 1).padStart(4, '0')}-01`
    : `${year}-${String(Number(number) + 1).padStart(2, '0')}`
}

/** Partitions of the history with their bounds, which need not be months where an operator made them. */
export const HISTORY_PARTITIONS = `
  SELECT
    format('%I.%I', nspname, relname) AS name,
    (regexp_match(pg_get_expr(relpartbound, partition.oid), 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz AS begins,
    (regexp_match(pg_get_expr(relpartbound, partition.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz AS ends
  FROM pg_inherits
  JOIN pg_class AS partition ON partition.oid = inhrelid
  JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE inhparent = 'risk_state_history'::regclass`

/** How many months after the present one have their partition before it is needed. */
export const MONTHS_AHEAD = 2

/**
 * Makes the partitions of months that have none, on plain PostgreSQL; a month that has one is left alone, and so is one of
 * which the history holds nothing any more. Processes that make the same one at once wait for each other.
 * @throws what the database refuses, and for a month that is not written like `2026-03`.
 */
export async function createHistoryPartitions(client: ClientBase, months: readonly Month[]): Promise<void> {
  for (const month of months) {
    monthAfter(month)
    // As the owner of the tables, whoever asks for it: a writer may not make tables.
    await client.query('SELECT risk_create_history_partition($1)', [month])
  }
}

/** Makes the partitions of the present month and of those to come. */
export async function createPartitionsAhead(client: ClientBase): Promise<void> {
  await createHistoryPartitions(client, await monthsToCome(client))
}

/** How many months in a row, after the present one, have their partition; at most those that are made ahead. */
export async function monthsAhead(client: ClientBase): Promise<number> {
  const [, ...months] = await monthsToCome(client)
  const { rows } = await client.query<{ month: Month }>(
    `SELECT to_char(part.begins AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM (${HISTORY_PARTITIONS}) AS part`,
  )
  const found = new Set(rows.map((row) => row.month))
  const missing = months.findIndex((month) => !found.has(month))
  return missing === -1 ? months.length : missing
}

async function monthsToCome(client: ClientBase): Promise<readonly Month[]> {
  const { rows } = await client.query<{ now: Date }>('SELECT now() AS now')
  return rows[0] === undefined ? [] : monthsFrom(rows[0].now, MONTHS_AHEAD)
}

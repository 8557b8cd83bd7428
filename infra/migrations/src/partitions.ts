import type { ClientBase } from 'pg'

/** A calendar month in UTC: `2026-03`. */
export type Month = string

/** @param instant RFC 3339 in UTC */
export function monthOf(instant: string): Month {
  return instant.slice(0, 'YYYY-MM'.length)
}

/** The month of an instant and so many more after it. */
export function monthsFrom(instant: Date, more: number): readonly Month[] {
  const [year, month] = [instant.getUTCFullYear(), instant.getUTCMonth()]
  return Array.from({ length: more + 1 }, (_, index) => monthOf(new Date(Date.UTC(year, month + index)).toISOString()))
}

/** Partitions of the history with their bounds; an operator may have created some that are not months. */
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
 * Creates missing partitions of months, on plain PostgreSQL, except of months that the history no longer keeps. Processes that
 * create the same one wait for each other.
 * @throws what the database refuses, and for a month that is not written like `2026-03`.
 */
export async function createHistoryPartitions(client: ClientBase, months: readonly Month[]): Promise<void> {
  for (const month of months) {
    if (!/^\d{4}-\d{2}$/.test(month)) {
      throw new Error(`a month is written like "2026-03", got ${JSON.stringify(month)}`)
    }
    // With the rights of the owner of the tables: a writer may not create tables.
    await client.query('SELECT risk_create_history_partition($1)', [month])
  }
}

/** Creates the partitions of the present month and the next ones. */
export async function createPartitionsAhead(client: ClientBase): Promise<void> {
  await createHistoryPartitions(client, await monthsToCome(client))
}

/** How many months in a row, after the present one, have their partition; at most those that are created ahead. */
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

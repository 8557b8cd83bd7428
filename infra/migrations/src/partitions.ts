import type { ClientBase } from 'pg'

/** A calendar month in UTC: `2026-03`. */
export type Month = string

const MONTH = /^(\d{4})-(\d{2})$/

/** The month of an instant and so many more after it. */
export function monthsFrom(instant: Date, more: number): readonly Month[] {
  const months: Month[] = [instant.toISOString().slice(0, 7)]
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

/**
 * Makes the partitions of months that have none, on plain PostgreSQL; a month that has one is left alone. Processes
 * that make the same one at once wait for each other.
 * @throws what the database refuses, and for a month that is not written like `2026-03`.
 */
export async function createHistoryPartitions(client: ClientBase, months: readonly Month[]): Promise<void> {
  for (const month of months) {
    const after = monthAfter(month)
    const partition = `risk_state_history_${month.replace('-', '_')}`
    // IF NOT EXISTS does not see a partition that another transaction is just making; behind the lock it does.
    await client.query(`DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('drawbridge history partitions', 0));
      CREATE TABLE IF NOT EXISTS ${partition} PARTITION OF risk_state_history
        FOR VALUES FROM ('${month}-01 00:00:00+00') TO ('${after}-01 00:00:00+00');
    END $$`)
  }
}

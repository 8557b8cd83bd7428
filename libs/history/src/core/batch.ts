import type { ConfigRow, HistoryRow } from '../tables.ts'
import { databaseFault } from './database-fault.ts'
import type { Reading } from './read-message.ts'

/** What one transaction stores. */
export interface Batch {
  /** By trader and version: replicas that store the same rows at once then wait for each other and cannot deadlock. */
  readonly events: readonly HistoryRow[]
  /** The newest event of each trader, by trader. */
  readonly newest: readonly HistoryRow[]
  readonly configs: readonly ConfigRow[]
}

export function batchOf(readings: readonly Reading[]): Batch {
  const events: HistoryRow[] = []
  const configs: ConfigRow[] = []
  for (const reading of readings) {
    if (reading.kind === 'event') events.push(reading.row)
    else if (reading.kind === 'config') configs.push(reading.row)
  }
  events.sort((a, b) => compare(a.trader_id, b.trader_id) || a.version - b.version)
  configs.sort((a, b) => compare(a.kind, b.kind) || a.input_seq - b.input_seq)
  const newest = events.filter((row, index) => row.trader_id !== events[index + 1]?.trader_id)
  return { events, newest, configs }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Works on rows all at once; where the database refuses a value of them, on halves of them, until the row at fault is alone.
 * @param refused makes the result of such a row, of what the database says; the others are worked on
 * @throws what else the work throws
 */
export async function inHalves<Row, Result>(
  rows: readonly Row[],
  work: (rows: readonly Row[]) => Promise<readonly Result[]>,
  refused: (row: Row, error: unknown) => readonly Result[],
): Promise<readonly Result[]> {
  try {
    return await work(rows)
  } catch (error) {
    if (databaseFault(error) !== 'isolate') throw error
    const [only] = rows
    if (rows.length === 1 && only !== undefined) return refused(only, error)
    const middle = rows.length >> 1
    const first = await inHalves(rows.slice(0, middle), work, refused)
    return [...first, ...(await inHalves(rows.slice(middle), work, refused))]
  }
}

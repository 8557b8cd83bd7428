import { databaseFault } from './database-fault.ts'

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

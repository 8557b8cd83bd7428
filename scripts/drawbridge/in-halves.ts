/** SQLSTATE classes of values that the database cannot take: data exception, integrity constraint, program limit. */
const CLASSES_OF_VALUES: ReadonlySet<string> = new Set(['22', '23', '54'])

/**
 * Works on rows all at once; where the database refuses a value of them, on halves of them, until the row at fault is alone.
 * @param onRefused called with such a row and what the database says; the others are worked on
 * @throws what else the work throws
 */
export async function inHalves<Row, Result>(
  rows: readonly Row[],
  work: (rows: readonly Row[]) => Promise<readonly Result[]>,
  onRefused: (row: Row, reason: string) => void,
): Promise<readonly Result[]> {
  try {
    return await work(rows)
  } catch (error) {
    if (!isOfValues(error)) throw error
    const [only] = rows
    if (rows.length === 1 && only !== undefined) {
      onRefused(only, `the database cannot hold it: ${error.message}`)
      return []
    }
    const middle = rows.length >> 1
    const first = await inHalves(rows.slice(0, middle), work, onRefused)
    return [...first, ...(await inHalves(rows.slice(middle), work, onRefused))]
  }
}

function isOfValues(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return CLASSES_OF_VALUES.has(error.code.slice(0, 2))
}

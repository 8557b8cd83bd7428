import type { ClientBase, QueryResultRow } from 'pg'

const CHUNK = 5_000

/**
 * The rows of a query in chunks, as they were at its beginning: a cursor in a transaction of its own.
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
    // Nothing was written; and where it failed there is nothing else to do.
    await client.query('ROLLBACK').catch(() => undefined)
  }
}

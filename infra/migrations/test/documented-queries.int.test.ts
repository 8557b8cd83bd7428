import { readFileSync } from 'node:fs'
import { infrastructure } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MigratedDatabase } from './migrated-database.ts'

const hasTimescale = infrastructure().timescale !== 'none'

let database: MigratedDatabase
beforeAll(async () => {
  database = await MigratedDatabase.open()
  await database.store([{ trader: 'sp500-hold', version: 1, recordedAt: await database.daysAgo(0) }])
})
afterAll(() => database.close())

function queriesOf(page: string): readonly string[] {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8')
  return [...text.matchAll(/```sql\n(.*?)```/gs)].map((match) => match[1] ?? '')
}

test.for([...queriesOf('database.md'), ...queriesOf('operating.md')])(
  'the page gives a query that runs: %s',
  async (query, { skip }) => {
    const needsTimescale = query.includes('timescaledb_information')
    skip(needsTimescale && !hasTimescale, 'this PostgreSQL has no TimescaleDB')
    // Who changes nothing can be asked by everybody.
    await database.client.query('BEGIN READ ONLY')
    try {
      await expect(database.client.query(query)).resolves.toBeDefined()
    } finally {
      await database.client.query('ROLLBACK')
    }
  },
)

test('every table, view and function has a section and a query of its own', async () => {
  const found = await database.rows<{ name: string }>(`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
      AND NOT relispartition AND relname LIKE 'risk%'
    UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'risk%'`)
  const page = readFileSync(new URL('../../../docs/database.md', import.meta.url), 'utf8')
  const queries = queriesOf('database.md').join('\n')

  const undocumented = found.map((row) => row.name).filter((name) => !(isHeaded(page, name) && queries.includes(name)))

  expect(undocumented.filter((name) => !name.endsWith('_parts'))).toEqual([])
})

function isHeaded(page: string, name: string): boolean {
  return page.split('\n').some((line) => line.startsWith('## ') && line.includes(`\`${name}`))
}

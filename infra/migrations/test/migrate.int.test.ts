import { fileURLToPath } from 'node:url'
import {
  riskConfigHistory,
  riskDailyPnl,
  riskEquity1d,
  riskEquity1h,
  riskEquity1m,
  riskLimitState,
  riskLogAdoption,
  riskLogEpoch,
  riskRetention,
  riskState,
  riskStateAtCut,
  riskStateHistory,
} from '@drawbridge/history/schema'
import { createLogger } from '@drawbridge/service-kit'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, createDatabase, infrastructure, spawnProgram, type TestDatabase } from '@drawbridge/testing'
import { getTableColumns, getTableName } from 'drizzle-orm'
import { getViewConfig, type PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import journal from '../sql/meta/_journal.json' with { type: 'json' }
import { createHistoryPartitions, detectStorage, migrate, monthsFrom, schemaStatus } from '../src/index.ts'
import { migrateProgram } from '../src/program.ts'
import { MigratedDatabase } from './migrated-database.ts'

const log = createLogger('test', 'silent')
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const { timescale } = infrastructure()

/** Whose tables are looked at alone. */
let migrated: MigratedDatabase
beforeAll(async () => {
  migrated = await MigratedDatabase.open()
})
afterAll(() => migrated.close())

let database: TestDatabase
let client: pg.Client
beforeEach(async () => {
  database = await createDatabase()
  client = new pg.Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

async function run(args: readonly string[], databaseUrl: string): Promise<number | null> {
  const env = { DATABASE_URL: databaseUrl }
  return (await callProgram((context) => runProgram(migrateProgram, args, context), env)).code
}

async function columnsOf(relation: string): Promise<readonly string[]> {
  const rows = await migrated.rows<{ column: string }>(
    `SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END AS column
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [relation],
  )
  return rows.map((row) => row.column)
}

function columnsIn(table: PgTable): readonly string[] {
  return Object.values(getTableColumns(table)).map(
    (column) => `${column.name} ${column.getSQLType()}${column.notNull ? ' not null' : ''}`,
  )
}

test('four processes that migrate one database at once all succeed, and it is migrated once', async () => {
  const env = { DATABASE_URL: database.url }
  const ended = await Promise.all(Array.from({ length: 4 }, () => spawnProgram(main, [], env)))

  expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(4).fill({ code: 0, stderr: '' }))
  expect(await schemaStatus(client)).toBe('ready')
  const { rows } = await client.query('SELECT count(*)::int FROM drizzle.__drizzle_migrations')
  expect(rows).toEqual([{ count: journal.entries.length }])
})

test('migrating again changes nothing', async () => {
  await migrate(database.url, log)
  await client.query("INSERT INTO risk_log_epoch (stream, created) VALUES ('RISK', 'then')")

  await migrate(database.url, log)

  expect((await client.query('SELECT created FROM risk_log_epoch')).rows).toEqual([{ created: 'then' }])
})

test('a database tells what it lacks', async () => {
  expect(await schemaStatus(client)).toBe('missing')

  await migrate(database.url, log)
  expect(await schemaStatus(client)).toBe('ready')

  await client.query('UPDATE drizzle.__drizzle_migrations SET created_at = 1')
  expect(await schemaStatus(client)).toBe('outdated')
})

test.each([
  riskState,
  riskStateHistory,
  riskStateAtCut,
  riskLimitState,
  riskRetention,
  riskConfigHistory,
  riskLogEpoch,
  riskLogAdoption,
])('the tables have the columns that the code knows', async (table) => {
  expect(await columnsOf(getTableName(table))).toEqual(columnsIn(table))
})

test.each([riskDailyPnl, riskEquity1m, riskEquity1h, riskEquity1d])(
  'views have the columns that the code knows',
  async (view) => {
    const { name, selectedFields } = getViewConfig(view)

    const found = await columnsOf(name)

    expect(found.map((column) => column.split(' ')[0])).toEqual(Object.keys(selectedFields))
  },
)

test('snapshot, history and the state at the cut have the same columns', async () => {
  expect(await columnsOf('risk_state_history')).toEqual(await columnsOf('risk_state'))
  expect(await columnsOf('risk_state_at_cut')).toEqual(await columnsOf('risk_state'))
})

test.skipIf(timescale !== 'none')('plain PostgreSQL gets partitions for this month and the two after it', async () => {
  expect(await migrate(database.url, log)).toBe('postgresql')

  const { rows: clock } = await client.query<{ now: Date }>('SELECT now() AS now')
  const expected = monthsFrom(clock[0]?.now ?? new Date(), 2).map(
    (month) => `risk_state_history_${month.replace('-', '_')}`,
  )
  const { rows } = await client.query<{ name: string }>(
    `SELECT relid::text AS name FROM pg_partition_tree('risk_state_history') WHERE isleaf ORDER BY 1`,
  )
  expect(rows.map((row) => row.name)).toEqual(expected)
})

test.skipIf(timescale !== 'none')('a row of a month without a partition is refused until there is one', async () => {
  await migrate(database.url, log)
  const insert = `INSERT INTO risk_state_history
    (trader_id, version, recorded_at, effective_at, event_type, stream_seq, input_seq, trading_paused, config_version, rules_version, enforced)
    VALUES ('bot1', 1, '2001-12-31 23:59:59.999+00', now(), 'assessed', 1, 1, false, 0, 1, true)`
  await expect(client.query(insert)).rejects.toMatchObject({ code: '23514' })

  await createHistoryPartitions(client, ['2001-12'])
  await createHistoryPartitions(client, ['2001-12', '2002-01'])

  expect((await client.query(insert)).rowCount).toBe(1)
})

test('a month that is not one is refused before the database is asked', async () => {
  await expect(createHistoryPartitions(client, ["2001-12'; DROP"])).rejects.toThrow('a month is written like')
})

test.skipIf(timescale === 'none')('TimescaleDB gets a hypertable of chunks of seven days', async () => {
  expect(await migrate(database.url, log)).toBe(`timescaledb-${timescale}`)

  const { rows } = await client.query(
    `SELECT hypertable_name, column_name, time_interval::text FROM timescaledb_information.dimensions
     WHERE hypertable_name = 'risk_state_history'`,
  )
  expect(rows).toEqual([{ hypertable_name: 'risk_state_history', column_name: 'recorded_at', time_interval: '7 days' }])
})

test.skipIf(timescale === 'none')('a history of native partitions stays one when TimescaleDB comes later', async () => {
  await migrate(database.url, log)
  await client.query(`CREATE TABLE plain (LIKE risk_state_history) PARTITION BY RANGE (recorded_at)`)
  await client.query('ALTER TABLE risk_state_history RENAME TO hyper')
  await client.query('ALTER TABLE plain RENAME TO risk_state_history')

  expect(await detectStorage(client)).toBe('postgresql')
  expect(await migrate(database.url, log)).toBe('postgresql')
})

test('the command refuses what it does not know, and says so when the database cannot be reached', async () => {
  expect(await run(['--help'], database.url)).toBe(0)
  expect(await run(['--nonsense'], database.url)).toBe(2)
  expect(await run([], 'postgres://postgres@127.0.0.1:1/none')).toBe(1)
})

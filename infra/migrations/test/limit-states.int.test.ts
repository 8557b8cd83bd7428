import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { createHistoryPartitions, maintainHistory } from '../src/index.ts'
import { DAY_MS, type Event, MigratedDatabase } from './migrated-database.ts'

let database: MigratedDatabase
afterEach(() => database.close())

/** A limit as events have it on the wire: a loss that is active and blocks at its line says nothing of that. */
function limit(name: string, line: string, tested: string, more: object = {}): object {
  const room = String(Number(tested) - Number(line))
  return {
    name,
    reference: '1000',
    line,
    room,
    percent: '1.5',
    ...more,
  }
}

/** Stores an event of one trader at noon of each day; its equity is 1000, and 1 more for each. */
async function storeDays(trader: string, daysAgo: readonly number[]): Promise<void> {
  const today = await database.daysAgo(0)
  const events = daysAgo.map((days, index): Event => {
    const equity = String(1000 + index)
    const recordedAt = new Date(today.getTime() - (days - 0.5) * DAY_MS)
    return { trader, version: index + 1, recordedAt, equity, limitStates: [limit('max_daily_loss', '950', equity)] }
  })
  await createHistoryPartitions(database.client, [
    ...new Set(events.map(({ recordedAt }) => recordedAt.toISOString().slice(0, 7))),
  ])
  await database.store(events)
}

test('the limits at an instant are those of the last event that was effective by then, with the types of the table', async () => {
  database = await MigratedDatabase.open()
  const at = await database.daysAgo(0)
  const unknown = { reference: null, line: null, room: null, percent: null }
  const states = [
    limit('max_daily_loss', '950.5', '990'),
    limit('target', '1100', '990', { measure: 'profit', room: '110', percent: '-0.33333333' }),
    limit('tiered', '900', '900.5', { blocksAt: '950', active: false }),
    limit('warning', '0', '-1', { blocks: false, blocksAt: null }),
    { ...limit('weekly', '0', '0', unknown), uncomputable: 'the reading has no balance' },
  ]
  const event = { trader: 'bot1', version: 1, recordedAt: at, limitStates: states }
  const later = { ...event, version: 2, recordedAt: new Date(at.getTime() + 1), limitStates: states.slice(0, 1) }
  await database.store([event, later, { trader: 'older', version: 1, recordedAt: at }])

  const columns = 'limit_name, measure, reference, line, blocks_at, tested, room, percent, active, uncomputable'
  const found = await database.rows(`SELECT ${columns} FROM risk_limit_state_at($1) WHERE trader_id = 'bot1'`, [at])

  const told = { measure: 'loss', reference: '1000', percent: '1.5', active: true, uncomputable: null }
  expect(found).toEqual([
    { limit_name: 'max_daily_loss', ...told, line: '950.5', blocks_at: '950.5', tested: '990', room: '39.5' },
    {
      ...{ limit_name: 'target', ...told, measure: 'profit', percent: '-0.33333333' },
      ...{ line: '1100', blocks_at: '1100', tested: '990', room: '110' },
    },
    { limit_name: 'tiered', ...told, active: false, line: '900', blocks_at: '950', tested: '900.5', room: '0.5' },
    { limit_name: 'warning', ...told, line: '0', blocks_at: null, tested: '-1', room: '-1' },
    {
      limit_name: 'weekly',
      ...told,
      ...unknown,
      tested: null,
      blocks_at: null,
      uncomputable: 'the reading has no balance',
    },
  ])
  const of = (instant: Date) =>
    database.rows('SELECT trader_id, limit_name, version::int FROM risk_limit_state_at($1) ORDER BY 1, 2', [instant])
  expect(await of(later.recordedAt)).toEqual([{ trader_id: 'bot1', limit_name: 'max_daily_loss', version: 2 }])
  expect(await of(new Date(at.getTime() - 1))).toEqual([])
})

test('after the cut the limits of every trader are known at every instant, also of one that was silent', async () => {
  database = await MigratedDatabase.open()
  await storeDays('busy', [400, 300, 99, 1])
  await storeDays('silent', [310])
  const instants = [await database.daysAgo(100), await database.daysAgo(80), await database.daysAgo(0)]
  const ask = async () => {
    const answers: unknown[] = []
    for (const at of instants) {
      answers.push(await database.rows('SELECT trader_id, tested FROM risk_limit_state_at($1) ORDER BY 1', [at]))
    }
    return answers
  }
  const before = await ask()

  await maintainHistory(database.client, 100)

  expect(before[0]).toEqual([
    { trader_id: 'busy', tested: '1001' },
    { trader_id: 'silent', tested: '1000' },
  ])
  expect(await ask()).toEqual(before)
})

test('the limits that a row of the history holds can be charted', async () => {
  database = await MigratedDatabase.open()
  await storeDays('bot1', [3, 2, 1])

  const chart = await database.rows(`SELECT version::int, current_equity, line, room
    FROM risk_state_history CROSS JOIN LATERAL risk_limits_of(limit_states) AS one
    WHERE trader_id = 'bot1' AND limit_name = 'max_daily_loss' ORDER BY version`)

  expect(chart).toEqual([
    { version: 1, current_equity: '1000', line: '950', room: '50' },
    { version: 2, current_equity: '1001', line: '950', room: '51' },
    { version: 3, current_equity: '1002', line: '950', room: '52' },
  ])
})

/** Tables and rows of rules that knew no lines, as pg_dump wrote them. */
const OLDER_DATABASE = readFileSync(new URL('../../../e2e/fixtures/older-database.sql', import.meta.url), 'utf8')

test('a database with older events gets the columns and tables, keeps its rows, and knows no limits of them', async () => {
  const rows = `SELECT to_jsonb(it)::text AS row FROM risk_state_history AS it ORDER BY recorded_at, stream_seq`
  const states = `SELECT to_jsonb(it)::text AS row FROM risk_state_at('infinity') AS it ORDER BY trader_id`
  const before: unknown[] = []
  database = await MigratedDatabase.open({
    prepare: async (client) => {
      await client.query(OLDER_DATABASE)
      await client.query('RESET ALL')
      for (const sql of [rows, states]) before.push((await client.query(sql)).rows)
    },
  })

  const withoutNew = (sql: string) =>
    sql.replace('to_jsonb(it)', "(to_jsonb(it) - '{limit_states,undo,decision_code}'::text[])")
  expect([await database.rows(withoutNew(rows)), await database.rows(withoutNew(states))]).toEqual(before)
  expect(before[0]).toHaveLength(14)
  expect(await database.rows("SELECT * FROM risk_limit_state_at('infinity')")).toEqual([])
  expect(await database.rows('SELECT * FROM risk_limit_state')).toEqual([])
  expect(
    await database.rows('SELECT FROM risk_state_history WHERE num_nonnulls(limit_states, undo, decision_code) > 0'),
  ).toEqual([])
})

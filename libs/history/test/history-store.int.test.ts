import type { Instant } from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { createDatabase, eventually, infrastructure, type TestDatabase } from '@drawbridge/testing'
import { messageOf, TraderLog } from '@drawbridge/testing/trader-log'
import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Batch, batchOf } from '../src/core/batch.ts'
import { databaseFault } from '../src/core/database-fault.ts'
import { readMessage } from '../src/core/read-message.ts'
import { HistoryStore } from '../src/outbound/history-store.ts'

const CREATED = '2026-03-12T00:00:00Z'
const hasTimescale = infrastructure().timescale !== 'none'

let database: TestDatabase
let pool: pg.Pool
let store: HistoryStore
beforeEach(async () => {
  database = await createDatabase()
  await migrate(database.url, createLogger('test', 'silent'))
  pool = createPool(database.url, 'test', 4, createLogger('test', 'silent'))
  store = new HistoryStore(pool)
  await store.open(CREATED)
})
afterEach(async () => {
  await pool.end()
  await database.drop()
})

function batch(...logs: readonly TraderLog[]): Batch {
  return batchOf(logs.flatMap((log) => log.events.map((event, index) => readMessage(messageOf(event, index + 1)))))
}

/** The batch of a part of a log. */
function batchFrom(log: TraderLog, first: number, end: number): Batch {
  return batchOf(log.events.slice(first, end).map((event, index) => readMessage(messageOf(event, first + index + 1))))
}

function tickAt(trader: string, time: Instant): TraderLog {
  const log = new TraderLog(trader, time)
  log.tick(1000)
  return log
}

async function rows<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> {
  return (await pool.query<Row>(text)).rows
}

test('a batch that is stored again adds nothing', async () => {
  const log = tickAt('bot1', Date.UTC(2026, 2, 12))

  expect(await store.store(batch(log))).toBe(1)
  expect(await store.store(batch(log, log))).toBe(0)
  expect(await rows('SELECT count(*)::int FROM risk_state_history')).toEqual([{ count: 1 }])
})

test('a batch with some events that are there already adds the others, and so do later batches', async () => {
  const log = new TraderLog('bot1', Date.UTC(2026, 2, 12))
  for (let index = 0; index < 10; index += 1) log.tick(1000 + index)
  const from = (first: number, end: number) => batchFrom(log, first, end)

  expect(await store.store(from(0, 4))).toBe(4)
  expect(await store.store(from(2, 6))).toBe(2)
  expect(await store.store(from(6, 8))).toBe(2)
  expect(await store.store(from(8, 10))).toBe(2)
  expect(await rows('SELECT version::int, stream_seq::int FROM risk_state_history ORDER BY version')).toEqual(
    log.events.map((_, index) => ({ version: index + 1, stream_seq: index + 1 })),
  )
})

const LIMITS = `SELECT limit_name, measure, reference, line, blocks_at, tested, room, percent, active, uncomputable, version::int
  FROM risk_limit_state ORDER BY limit_name`
const ALL_LIMITS = 'SELECT * FROM risk_limit_state ORDER BY trader_id, limit_name'

test('the limits of a trader are those of its newest event, each in a row', async () => {
  const log = new TraderLog('bot1', Date.UTC(2026, 2, 12))
  log.tick(1000)
  log.tick('1010.5')
  log.tick(950)

  await store.store(batch(log))

  const limit = { measure: 'loss', active: true, uncomputable: null, tested: '950', version: 3 }
  expect(await rows(LIMITS)).toEqual([
    {
      limit_name: 'max_daily_loss',
      ...limit,
      reference: '1000',
      line: '900',
      blocks_at: '900',
      room: '50',
      percent: '5',
    },
    {
      limit_name: 'max_drawdown',
      ...limit,
      reference: '1010.5',
      ...{ line: '808.4', blocks_at: '808.4', room: '141.6', percent: '5.98713508' },
    },
  ])
  expect(await rows(ALL_LIMITS)).toEqual(
    await rows("SELECT * FROM risk_limit_state_at('infinity') ORDER BY trader_id, limit_name"),
  )
})

test('an older batch changes no limit, and one that comes again neither', async () => {
  const log = new TraderLog('bot1', Date.UTC(2026, 2, 12))
  for (const equity of [1000, 990, 980, 970]) log.tick(equity)
  await store.store(batchFrom(log, 2, 4))
  const limits = await rows(ALL_LIMITS)

  await store.store(batchFrom(log, 0, 2))
  await store.store(batchFrom(log, 2, 4))

  expect(limits).toMatchObject([{ version: '4' }, { version: '4' }])
  expect(await rows(ALL_LIMITS)).toEqual(limits)
})

test('a limit that a trader has no longer is removed, an older batch does not bring it back, and other traders keep theirs', async () => {
  const log = new TraderLog('bot1', Date.UTC(2026, 2, 12))
  log.tick(1000)
  log.control({ kind: 'limits', limits: { maxDrawdownPct: null, loosenAfterMinutes: 0 }, reason: null, by: null })
  log.tick(1001)
  await store.store(batch(tickAt('bot2', Date.UTC(2026, 2, 12))))
  await store.store(batchFrom(log, 0, 1))
  const names = () => rows("SELECT trader_id || ' ' || limit_name AS it FROM risk_limit_state ORDER BY 1")
  const all = ['bot1 max_daily_loss', 'bot1 max_drawdown', 'bot2 max_daily_loss', 'bot2 max_drawdown']
  expect(await names()).toEqual(all.map((it) => ({ it })))

  await store.store(batchFrom(log, 2, 3))
  await store.store(batchFrom(log, 1, 2))
  await store.store(batchFrom(log, 0, 1))

  const left = all.filter((it) => it !== 'bot1 max_drawdown')
  expect(await names()).toEqual(left.map((it) => ({ it })))
})

test('words may hold any character', async () => {
  const reason = 'tab\t, line\n, return\r, backslash \\N \\., quotes " \', é€😀'
  const log = new TraderLog('bot1', Date.UTC(2026, 2, 12))
  log.tick(1000)
  log.control({ kind: 'pause', until: null, firm: false, reason, by: reason })

  await store.store(batch(log))

  const [row] = await rows<{ reason: string; detail: { facts: unknown[] } }>(
    "SELECT reason, detail FROM risk_state WHERE event_type = 'paused'",
  )
  expect(row?.reason).toContain(reason)
  expect(row?.detail.facts).toEqual([{ kind: 'paused', until: null, reason, by: reason }])
  expect(await rows('SELECT reason, detail FROM risk_state_history WHERE version = 2')).toEqual([row])
})

test('batches that are given at once are stored one after the other, and one that is refused hinders none', async () => {
  const bad = new TraderLog('bot2', Date.UTC(2026, 2, 12))
  bad.unreadableTick('a zero character: \0')
  const good = ['bot1', 'bot3', 'bot4'].map((trader) => tickAt(trader, Date.UTC(2026, 2, 12)))

  const stored = await Promise.allSettled([good[0], bad, good[1], good[2]].map((log) => store.store(batch(log ?? bad))))

  expect(stored.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect(await rows('SELECT trader_id FROM risk_state ORDER BY trader_id')).toEqual(
    ['bot1', 'bot3', 'bot4'].map((trader_id) => ({ trader_id })),
  )
})

test('a connection that dies is replaced for the batches that were under way on it', async () => {
  const logs = ['bot1', 'bot2', 'bot3'].map((trader) => tickAt(trader, Date.UTC(2026, 2, 12)))
  const [first, second, third] = logs.map((log) => batch(log))
  if (first === undefined || second === undefined || third === undefined) throw new Error('three batches')
  await store.store(first)
  // Held by somebody else, so that both are under way when the connection ends.
  const other = await pool.connect()
  await other.query('BEGIN; LOCK TABLE risk_state_history')
  const stored = Promise.allSettled([store.store(second), store.store(third)])
  await eventually(
    async () => {
      const ended = await pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      )
      return ended.rowCount === 1
    },
    { what: 'the first of them to wait for the table' },
  )
  await other.query('COMMIT')
  other.release()

  const outcomes = (await stored).map((outcome) => outcome.status === 'rejected' && databaseFault(outcome.reason))
  expect(outcomes).toEqual(['away', 'away'])
  expect(await Promise.all([store.store(second), store.store(third)])).toEqual([1, 1])
})

test('a batch may reach over months that are long past', async () => {
  const times = [Date.UTC(2001, 8, 30, 23, 59, 59), Date.UTC(2001, 9, 1), Date.UTC(2020, 1, 29), Date.UTC(2026, 11, 31)]

  expect(await store.store(batch(...times.map((time, index) => tickAt(`bot${index}`, time))))).toBe(4)
})

test('stores that make the same partitions at the same time do not hinder each other', async () => {
  const stores = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const one = new HistoryStore(pool)
      await one.open(CREATED)
      return one
    }),
  )
  const same = Array.from({ length: 24 }, (_, month) => tickAt(`bot${month}`, Date.UTC(2010, month, 15)))

  const added = await Promise.all(stores.map((one) => one.store(batch(...same))))

  expect(added.reduce((sum, count) => sum + count)).toBe(24)
})

test.skipIf(hasTimescale)('a partition that was dropped is made again when an event needs it', async () => {
  await store.store(batch(tickAt('bot1', Date.UTC(2020, 4, 1))))
  await pool.query('DROP TABLE risk_state_history_2020_05')

  expect(await store.store(batch(tickAt('bot2', Date.UTC(2020, 4, 2))))).toBe(1)
})

test('data that the database refuses leaves nothing of its batch behind', async () => {
  const good = tickAt('bot1', Date.UTC(2026, 2, 12))
  const bad = new TraderLog('bot2')
  bad.unreadableTick('a zero character: \0')

  const refused = await store.store(batch(good, bad)).catch((error: unknown) => error)

  expect(databaseFault(refused)).toBe('isolate')
  expect(await rows('SELECT count(*)::int FROM risk_state_history')).toEqual([{ count: 0 }])
  expect(await store.store(batch(good))).toBe(1)
})

test('tables that were filled from another stream are not opened', async () => {
  expect(await store.open(CREATED)).toEqual({ kind: 'ready' })
  expect(await store.open('2026-03-13T00:00:00Z')).toEqual({ kind: 'other-epoch', theirs: CREATED })
})

test('one of two that claim the tables at once is refused', async () => {
  await pool.query('DELETE FROM risk_log_epoch')
  const stores = Array.from({ length: 4 }, () => new HistoryStore(pool))

  const opened = await Promise.all(stores.map((one, index) => one.open(index < 2 ? 'a' : 'b')))

  expect(opened.filter(({ kind }) => kind === 'ready')).toHaveLength(2)
  expect(opened.filter(({ kind }) => kind === 'other-epoch')).toHaveLength(2)
})

test('the days of a trader are told from its history: deposits are no profit, and a rebase hides no loss', async () => {
  const log = new TraderLog('bot1', Date.UTC(2026, 2, 12, 12))
  log.tick(1000)
  log.tick(950)
  log.control({
    kind: 'cash-flow',
    amount: 200_00000000n,
    id: null,
    at: null,
    inEquity: false,
    force: false,
    reason: null,
    by: null,
  })
  log.tick(1040)
  log.tick(1000)
  log.control({
    kind: 'resume',
    holders: ['limit:max_daily_loss'],
    rebase: true,
    admin: false,
    reason: 'new rules',
    by: null,
  })
  log.tick(1010)
  log.wait(12 * 3_600_000)
  log.tick(1020)
  await store.store(batch(log))

  const days = await rows('SELECT * FROM risk_daily_pnl ORDER BY last_reset_time')

  expect(days).toEqual([
    {
      trader_id: 'bot1',
      last_reset_time: new Date('2026-03-12T12:00:01Z'),
      start_equity: '1000',
      end_equity: '1010',
      cash_flow: '200',
      daily_pnl: '-190',
      drawdown_pct_max: '17.39130434',
      breaches: 1,
      events: 7,
    },
    {
      trader_id: 'bot1',
      last_reset_time: new Date('2026-03-13T00:00:00Z'),
      start_equity: '1010',
      end_equity: '1020',
      cash_flow: '0',
      daily_pnl: '10',
      drawdown_pct_max: expect.any(String),
      breaches: 0,
      events: 1,
    },
  ])
})

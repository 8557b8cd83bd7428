import { subjects, toJsonBytes } from '@drawbridge/contracts'
import { OfflineJudge } from '@drawbridge/risk-engine'
import { randomOfTest } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { historyRow } from '../src/core/history-row.ts'
import { type HistoryRow, makeHistoryBlocks } from '../src/index.ts'
import {
  readBlockedPeriods,
  readDrawdowns,
  readEquity,
  readMarks,
  readTradingDays,
  type Select,
  type Span,
} from '../src/reads.ts'
import { HistoryScene } from './history-scene.ts'
import { randomAccount } from './random-account.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const BEGINS = Date.parse('2026-03-02T00:00:00Z')

const random = randomOfTest('blocks of the history')
let scene: HistoryScene
beforeEach(async () => {
  scene = await HistoryScene.open()
})
afterEach(() => scene.close())

/** An account that moves little, and now and then falls below its limits. */
function calmAccount(trader: string, ticks: number): readonly HistoryRow[] {
  const judge = new OfflineJudge()
  const rows: HistoryRow[] = []
  const put = (subject: string, payload: object, seq: number, time: number) => {
    for (const event of judge.judge({ subject, seq, time, data: toJsonBytes(payload) }).events) {
      judge.take(event)
      if ('trader' in event) rows.push(historyRow(event, seq, null))
    }
  }
  put(subjects.controlLimits, { max_daily_loss: 3, max_drawdown: 90, stop_trading_minutes: 45 }, 1, BEGINS)
  let [time, equity] = [BEGINS, 10_000]
  for (let count = 2; count < ticks; count += 1) {
    // Some at one instant.
    time += random.chance(0.1) ? 0 : random.between(1, 5) * MINUTE_MS
    equity = Math.round(equity * (count % 900 === 0 ? 0.955 : 1 + (random.next() - 0.499) / 2_000) * 100) / 100
    put(subjects.tick(trader), { equity }, count, time)
  }
  return rows
}

const at = (row: HistoryRow | undefined): number => Date.parse(row?.effective_at ?? '')

function spansOf(trader: string, rows: readonly HistoryRow[]): readonly Span[] {
  const [from, until] = [at(rows[0]), at(rows.at(-1)) + 1]
  const some = Array.from({ length: 12 }, () => {
    const begin = random.between(from - DAY_MS, until)
    return { trader, from: begin, until: begin + random.pick([10 * MINUTE_MS, DAY_MS, 3 * DAY_MS, 30 * DAY_MS]) }
  })
  return [{ trader, from, until }, ...some]
}

/** Everything that is read of spans. */
async function readAll(spans: readonly Span[]): Promise<readonly unknown[]> {
  const answers: unknown[] = []
  const reads: readonly ((select: Select, span: Span) => Promise<unknown>)[] = [
    (select, span) => readEquity(select, span, 7),
    (select, span) => readEquity(select, span, 150),
    (select, span) => readEquity(select, span, 5_000),
    (select, span) => readBlockedPeriods(select, span, 50),
    (select, span) => readMarks(select, span, 20),
    (select, span) => readTradingDays(select, span, 100),
    (select, span) => readDrawdowns(select, span, 10),
  ]
  for (const span of spans) {
    for (const read of reads) answers.push(await scene.read((select) => read(select, span)))
  }
  return answers
}

/** Makes blocks of all but so many of the newest events; tells how many there are then. */
async function makeBlocks(newest: number): Promise<number> {
  const client = await scene.pool.connect()
  try {
    await makeHistoryBlocks(client, newest)
    return (await client.query('SELECT FROM risk_history_block')).rowCount ?? 0
  } finally {
    client.release()
  }
}

test('what is read is the same from blocks as from each event', async () => {
  const accounts = [
    ['calm', calmAccount('calm', 3_000)],
    ['wild', randomAccount(random, 'wild', BEGINS, 1_000)],
  ] as const
  for (const [, rows] of accounts) await scene.store(rows)
  const spans = accounts.flatMap(([trader, rows]) => spansOf(trader, rows))
  const fromEvents = await readAll(spans)
  const counts = []
  for (const newest of [700, 0]) {
    counts.push(await makeBlocks(newest))
    expect(await readAll(spans)).toEqual(fromEvents)
  }
  const [most, all] = counts
  expect(most).toBeGreaterThan(30)
  expect(all).toBeGreaterThan(most ?? 0)
  const { rows: kinds } = await scene.pool.query(`SELECT bool_or(NOT at_peak) AS deep, bool_or(NOT has_detail) AS plain,
    bool_or(decision_code = 'ok') AS open, bool_or(decision_code IS NULL) AS mixed FROM risk_history_block`)
  expect(kinds).toEqual([{ deep: true, plain: true, open: true, mixed: true }])
})

test('a block is made where all of its events are there, also after one that lacks some', async () => {
  const rows = calmAccount('calm', 400)
  await scene.store(rows.filter(({ version }) => version !== 70))
  const blocks = async () => (await scene.pool.query('SELECT block::int FROM risk_history_block ORDER BY block')).rows
  // The first reading is not confirmed yet: the first event knows no equity.
  expect(await makeBlocks(0)).toBe(4)
  expect(await blocks()).toEqual([2, 3, 4, 5].map((block) => ({ block })))
  const spans = spansOf('calm', rows)
  const withBlocks = await readAll(spans)
  await scene.pool.query('DELETE FROM risk_history_block')
  expect(await readAll(spans)).toEqual(withBlocks)
})

test('events of an account that went back in time are not hidden by the blocks of later ones', async () => {
  const rows = calmAccount('calm', 1_200)
  const back = rows.map((row) => {
    return row.version <= 600 ? row : { ...row, effective_at: new Date(at(row) - 20 * DAY_MS).toISOString() }
  })
  await scene.store(back.slice(0, 700))
  const spans = [...spansOf('calm', rows), { trader: 'calm', from: BEGINS - 30 * DAY_MS, until: BEGINS + 30 * DAY_MS }]
  await makeBlocks(0)
  await scene.pool.query('DELETE FROM risk_state')
  await scene.store(back.slice(700))
  await makeBlocks(0)
  const withBlocks = await readAll(spans)
  expect(await makeBlocks(0)).toBeGreaterThan(5)
  await scene.pool.query('DELETE FROM risk_history_block')
  expect(await readAll(spans)).toEqual(withBlocks)
})

test.each([
  'UPDATE risk_state_history SET reason = reason',
  'DELETE FROM risk_state_history',
  'TRUNCATE risk_state_history',
])('no block says what the history does not: %s', async (statement) => {
  await scene.store(calmAccount('calm', 300))
  expect(await makeBlocks(0)).toBe(3)
  await scene.pool.query(statement)
  expect((await scene.pool.query('SELECT FROM risk_history_block')).rowCount).toBe(0)
})

import type { Finished } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/persister-scene'
import { runCommand, spawnCommandWith } from '@drawbridge/testing/run-command'
import { START, TraderLog } from '@drawbridge/testing/trader-log'
import { afterAll, beforeAll, expect, test } from 'vitest'

let scene: Scene
const bot = new TraderLog('bot1')
const other = new TraderLog('other', START + 60_000)

// Events of bot1 come 1, 2 and 33 s after the start, those of the other 61 s after it, two of them at once.
beforeAll(async () => {
  scene = await Scene.open()
  bot.tick(1000)
  bot.tick('1010.5', { seq: 7 })
  bot.wait(30_000)
  bot.tick(700)
  other.tick(50)
  other.wait(-1_000)
  other.tick(51)
  await scene.startPersister()
  await scene.publish([...bot.events, ...other.events])
  await scene.untilStored(5)
})
afterAll(() => scene.close())

function state(...args: readonly string[]): Promise<Finished> {
  return runCommand(scene.database.url, 'state', ...args)
}

/** The version of each trader as `--json` tells it. */
async function versionsAt(ms: number, ...more: readonly string[]): Promise<unknown> {
  const { code, stdout } = await state('--at', new Date(START + ms).toISOString(), '--json', ...more)
  expect(code).toBe(0)
  const { traders } = JSON.parse(stdout) as { traders: { trader_id: string; version: number }[] }
  return Object.fromEntries(traders.map(({ trader_id: id, version }) => [id, version]))
}

test.each([
  ['before the first event nothing is known', 999, {}],
  ['exactly at an event, the event has happened', 1_000, { bot1: 1 }],
  ['between two events the first of them holds', 32_999, { bot1: 2 }],
  ['of two events at the same instant the later one holds', 61_000, { bot1: 3, other: 2 }],
  ['long after the last event it still holds', 1e12, { bot1: 3, other: 2 }],
])('%s', async (_, ms, versions) => {
  expect(await versionsAt(ms)).toEqual(versions)
})

test('one trader can be asked for alone', async () => {
  expect(await versionsAt(61_000, '--trader', 'other')).toEqual({ other: 2 })
})

test('an instant in another zone is the same instant', async () => {
  const { stdout } = await state('--at', '2026-03-12T10:00:01-04:00', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ at: '2026-03-12T14:00:01.000Z', traders: [{ version: 1 }] })
})

test('as JSON a state has every column of the snapshot, amounts exact', async () => {
  const { stdout } = await state('--at', '2026-03-12T14:00:02Z', '--json')
  const [row] = (JSON.parse(stdout) as { traders: Record<string, unknown>[] }).traders
  const [snapshot] = await scene.query(`SELECT * FROM risk_state WHERE trader_id = 'bot1'`)
  expect(Object.keys(row ?? {})).toEqual(Object.keys(snapshot ?? {}))
  expect(row).toMatchObject({
    trader_id: 'bot1',
    version: 2,
    tick_seq: 7,
    current_equity: '1010.5',
    event_type: 'assessed',
  })
})

test('for people it is a table that says who may trade, and why not', async () => {
  const { stdout } = await state('--at', '2026-03-12T15:00:00Z')
  expect(stdout).toMatch(/bot1 +3 +2026-03-12T14:00:33.000Z +700 +-300 .*paused until .*max_daily_loss: 30 % reached/)
  expect(stdout).toMatch(/other +2 +.*allowed/)
})

test('whom nobody knew by then is said in words', async () => {
  const args = ['--at', '2001-01-01T00:00:00Z', '--trader', 'bot1']
  expect(await spawnCommandWith({ DATABASE_URL: scene.database.url }, 'state', ...args)).toMatchObject({
    code: 0,
    stdout: 'trader bot1 had no event by 2001-01-01T00:00:00.000Z\n',
  })
})

test('the answer is the row of the history, in SQL too', async () => {
  const rows = await scene.query(
    `SELECT count(*)::int AS differences FROM (
       SELECT to_jsonb(state) FROM risk_state_at('2026-03-12T14:00:02Z') AS state
       EXCEPT
       SELECT to_jsonb(history) FROM risk_state_history AS history
     ) AS found`,
  )
  expect(rows).toEqual([{ differences: 0 }])
})

test.each([
  [[], '--at is missing'],
  [
    ['--at', '2026-03-12T20:00:00'],
    'must be a time with a zone like "2026-03-12T20:00:00Z", got "2026-03-12T20:00:00"',
  ],
  [['--at', '2026-02-30T20:00:00Z'], 'must be a time with a zone'],
  [['--at', 'yesterday'], 'must be a time with a zone'],
  [['--at', '2026-03-12T20:00:00Z', '--trader', 'a.b'], '--trader'],
  [['--at', '2026-03-12T20:00:00Z', 'bot1'], 'bot1'],
  [['--att', '2026-03-12T20:00:00Z'], '--att'],
])('%j is refused with the reason', async (args, reason) => {
  const { code, stdout, stderr } = await state(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(reason)
})

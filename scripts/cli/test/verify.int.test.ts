import { encodeRiskEvent, subjects } from '@drawbridge/contracts'
import type { Finished, ServiceHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/persister-scene'
import { runCommand, spawnCommandWith } from '@drawbridge/testing/run-command'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepTables } from './kept-tables.ts'

let scene: Scene
let persister: ServiceHere
let bringBack: () => Promise<void>
beforeAll(open)
beforeEach(() => bringBack())
afterAll(() => scene.close())

async function open(): Promise<void> {
  scene = await Scene.open()
  persister = await scene.startPersister()
  await store()
  bringBack = await keepTables(scene.pool)
}

/** For a test that adds to the log; what it adds stays there. */
async function openAnew(): Promise<void> {
  await scene.close()
  await open()
}

/** Events of three traders, with a breach each, and two configurations, all in the database. */
async function store(): Promise<void> {
  const logs = ['a', 'b', 'c'].map((trader) => new TraderLog(trader))
  for (const log of logs) {
    for (const equity of equities(20)) log.tick(equity)
    log.tick(1, { seq: 5 })
  }
  await scene.publish(logs.flatMap(({ events }) => events))
  await scene.switchPersistence(true)
  await scene.switchPersistence(true)
  await scene.untilAllAcked()
}

async function verify(...args: readonly string[]): Promise<Finished & { readonly findings: readonly object[] }> {
  const finished = await runCommand(scene.database.url, 'verify', '--tables-only', '--json', ...args)
  const lines = finished.stdout.split('\n').filter((line) => line !== '')
  return { ...finished, findings: lines.slice(0, -1).map((line) => JSON.parse(line) as object) }
}

test('what persisters have written is as the log says', async () => {
  const finished = await spawnCommandWith({ DATABASE_URL: scene.database.url }, 'verify', '--tables-only')

  expect(finished.code).toBe(0)
  expect(finished.stdout).toMatch(/^No differences: 63 events of 3 traders and 2 configurations, up to RISK 6\d\.\n$/)
})

test.each([
  {
    what: 'a row that is gone',
    sql: `DELETE FROM risk_state_history WHERE trader_id = 'b' AND version = 7`,
    found: [{ finding: 'missing', where: 'risk_state_history', of: 'b', version: 7 }],
  },
  {
    what: 'a row that nobody decided',
    sql: `INSERT INTO risk_state_history SELECT (jsonb_populate_record(h, '{"version": 22}')).* FROM risk_state_history h
      WHERE trader_id = 'b' AND version = 21`,
    found: [{ finding: 'extra', where: 'risk_state_history', of: 'b', version: 22 }],
  },
  {
    what: 'a second row of a version, at another time',
    sql: `INSERT INTO risk_state_history
      SELECT (jsonb_populate_record(h, jsonb_build_object('recorded_at', recorded_at + interval '1 microsecond'))).*
      FROM risk_state_history h WHERE trader_id = 'a' AND version = 3`,
    found: [{ finding: 'extra', where: 'risk_state_history', of: 'a', version: 3 }],
  },
  {
    what: 'rows of a trader that the log does not know',
    sql: `INSERT INTO risk_state_history SELECT (jsonb_populate_record(h, '{"trader_id": "no.such id"}')).*
      FROM risk_state_history h WHERE trader_id = 'a' AND version <= 2`,
    found: [1, 2].map((version) => ({ finding: 'extra', where: 'risk_state_history', of: 'no.such id', version })),
  },
  {
    what: 'a row that says it stands where the log has not come to',
    sql: `INSERT INTO risk_state_history SELECT (jsonb_populate_record(h, '{"version": 22, "stream_seq": 1000}')).*
      FROM risk_state_history h WHERE trader_id = 'b' AND version = 21`,
    found: [{ finding: 'extra', where: 'risk_state_history', of: 'b', version: 22, streamSeq: 1000 }],
  },
  {
    what: 'columns that were changed',
    sql: `UPDATE risk_state_history SET current_equity = current_equity + 0.00000001, reason = 'no', detail = '{}'
      WHERE trader_id = 'c' AND version = 21`,
    found: [
      {
        finding: 'different',
        where: 'risk_state_history',
        of: 'c',
        version: 21,
        columns: [
          { column: 'current_equity', log: '1', table: '1.00000001' },
          { column: 'reason', log: expect.stringContaining('max_daily_loss'), table: 'no' },
          { column: 'detail', log: expect.stringContaining('breached'), table: '{}' },
        ],
      },
    ],
  },
  {
    what: 'a value where the log has none',
    sql: `UPDATE risk_state_history SET balance = 7 WHERE trader_id = 'c' AND version = 1`,
    found: [{ finding: 'different', of: 'c', columns: [{ column: 'balance', log: null, table: '7' }] }],
  },
  {
    what: 'a row that says it was stored elsewhere',
    sql: `UPDATE risk_state_history SET stream_seq = 1000 WHERE trader_id = 'a' AND version = 4`,
    found: [{ finding: 'different', of: 'a', version: 4, columns: [{ column: 'stream_seq', table: '1000' }] }],
  },
  {
    what: 'a snapshot that is behind',
    sql: `DELETE FROM risk_state WHERE trader_id = 'a';
      INSERT INTO risk_state SELECT * FROM risk_state_history WHERE trader_id = 'a' AND version = 20`,
    found: [{ finding: 'behind', where: 'risk_state', of: 'a', version: 20 }],
  },
  {
    what: 'a snapshot that is ahead',
    sql: `UPDATE risk_state SET version = 22 WHERE trader_id = 'a'`,
    found: [{ finding: 'ahead', where: 'risk_state', of: 'a', version: 22 }],
  },
  {
    what: 'a trader without a snapshot, and a snapshot without a trader',
    sql: `UPDATE risk_state SET trader_id = 'nobody' WHERE trader_id = 'a'`,
    found: [
      { finding: 'extra', where: 'risk_state', of: 'nobody' },
      { finding: 'missing', where: 'risk_state', of: 'a', version: 21 },
    ],
  },
  {
    what: 'a limit that is gone, one that nobody has, and one with another floor',
    sql: `DELETE FROM risk_limit_state WHERE trader_id = 'a' AND limit_name = 'max_drawdown';
      UPDATE risk_limit_state SET limit_name = 'weekly' WHERE trader_id = 'b' AND limit_name = 'max_drawdown';
      UPDATE risk_limit_state SET line = line + 1, recorded_at = '2026-01-01 00:00:00+00'
      WHERE trader_id = 'c' AND limit_name = 'max_daily_loss'`,
    found: [
      { finding: 'missing', where: 'risk_limit_state', of: 'a', version: 21, says: 'limit max_drawdown' },
      { finding: 'missing', where: 'risk_limit_state', of: 'b', version: 21, says: 'limit max_drawdown' },
      { finding: 'extra', where: 'risk_limit_state', of: 'b', version: 21, says: 'limit weekly' },
      {
        ...{ finding: 'different', where: 'risk_limit_state', of: 'c', version: 21, says: 'limit max_daily_loss' },
        columns: [
          { column: 'line', log: '809.9999991', table: '810.9999991' },
          { column: 'recorded_at', table: '2026-01-01T00:00:00+00:00' },
        ],
      },
    ],
  },
  {
    what: 'a snapshot that says something else than its event',
    sql: `UPDATE risk_state SET trading_paused = false WHERE trader_id = 'a'`,
    found: [
      {
        finding: 'different',
        where: 'risk_state',
        of: 'a',
        columns: [{ column: 'trading_paused', log: 'true', table: 'false' }],
      },
    ],
  },
  {
    what: 'a configuration that is gone, one that was changed, and one that nobody made',
    sql: `DELETE FROM risk_config_history WHERE input_seq = 1;
      UPDATE risk_config_history SET detail = detail || '{"enable_persistence": false}' WHERE input_seq = 2;
      INSERT INTO risk_config_history SELECT kind, 3, stream_seq, recorded_at, reason, by, detail FROM risk_config_history`,
    found: [
      { finding: 'missing', where: 'risk_config_history', of: 'flags', version: 1 },
      { finding: 'different', where: 'risk_config_history', of: 'flags', version: 2, columns: [{ column: 'detail' }] },
      { finding: 'extra', where: 'risk_config_history', of: 'flags', version: 3 },
    ],
  },
])('$what is named, and nothing else', async ({ sql, found }) => {
  await scene.pool.query(sql)

  const { code, findings, stderr } = await verify()

  expect(findings).toMatchObject(found)
  expect(findings).toHaveLength(found.length)
  expect({ code, stderr }).toMatchObject({ code: 1 })
})

test('for people a difference is a sentence with both values', async () => {
  await scene.pool.query(`UPDATE risk_state SET current_equity = 5 WHERE trader_id = 'a'`)

  const { code, stdout } = await runCommand(scene.database.url, 'verify', '--tables-only')

  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^different +risk_state {2}a 21 \(RISK \d+\): current_equity is 5, the log says 1\n1 differences: 63 /,
  )
})

test('tables that were filled from another log are not compared', async () => {
  await scene.pool.query(`UPDATE risk_log_epoch SET created = '2001-01-01T00:00:00Z'`)

  const { code, stderr } = await verify()

  expect(code).toBe(1)
  expect(stderr).toContain('holds the history of the one created at 2001-01-01T00:00:00Z')
})

test.each([
  [['--wait', 'x'], '--wait must be a whole number, 0 to 3600, got "x"'],
  [['--fix'], '--fix'],
  [['bot1'], 'bot1'],
])('%j is refused with the reason', async (args, reason) => {
  const { code, stderr } = await verify(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(reason)
})

test('while persisters store on, nothing is found that is not there', async () => {
  await openAnew()
  const logs = Array.from({ length: 5 }, (_, index) => new TraderLog(`bot${index}`))
  let isOver = false
  const load = async (log: TraderLog) => {
    while (!isOver) await scene.publish([log.tick(1_000 + (log.events.length % 50))])
  }
  const publishing = Promise.all(logs.map(load))

  const runs = [await verify(), await verify(), await verify()]
  isOver = true
  await publishing
  await scene.untilAllAcked()

  expect(runs.map(({ code, stderr, findings }) => ({ code, stderr, findings }))).toMatchObject(
    runs.map(() => ({ code: 0, findings: [] })),
  )
})

test('events that cannot be read, or stored, or that do not follow the one before, are named', async () => {
  await openAnew()
  const log = new TraderLog('d')
  const [first, second, third] = [log.tick(1000), log.unreadableTick('nul: \u0000'), log.tick(1001)]
  await scene.publish([first])
  await scene.publishRaw(subjects.out('assessed', 'd'), new TextEncoder().encode('garbage'))
  await scene.publishRaw(subjects.out(second.type, 'd'), encodeRiskEvent(second))
  await scene.publish([third, first])
  await scene.untilAllAcked()

  const { findings } = await verify()

  expect(findings).toMatchObject([
    { finding: 'unreadable', where: 'RISK', of: 'risk.assessed.d' },
    { finding: 'disordered', where: 'RISK', of: 'd', version: 1 },
    { finding: 'unreadable', where: 'risk_state_history', of: 'd', version: 2 },
  ])
})

test('what a persister has not stored within the wait is missing, and that none stores is said', async () => {
  await openAnew()
  await persister.stop()
  await scene.publish([new TraderLog('d').tick(1000)])

  const { code, stdout } = await runCommand(scene.database.url, 'verify', '--tables-only', '--wait', '0')

  expect(code).toBe(1)
  expect(stdout).toMatch(/missing +risk_state_history {2}d 1 /)
  expect(stdout).toMatch(/missing +risk_state {2}d 1 /)
  expect(stdout).toMatch(/see that one runs/)
})

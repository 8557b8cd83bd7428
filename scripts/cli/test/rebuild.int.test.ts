import type { Finished } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/persister-scene'
import { runCommand, spawnCommandWith } from '@drawbridge/testing/run-command'
import { equities, START, TraderLog } from '@drawbridge/testing/trader-log'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepTables } from './kept-tables.ts'

let scene: Scene
let bringBack: () => Promise<void>
beforeAll(async () => {
  scene = await Scene.open()
  await scene.startPersister()
  await store()
  bringBack = await keepTables(scene.pool)
})
beforeEach(() => bringBack())
afterAll(() => scene.close())

const NOTHING = { added: 0, changed: 0, removed: 0 }

function logsOf(traders: number, ticks: number): readonly TraderLog[] {
  const logs = Array.from({ length: traders }, (_, index) => new TraderLog(`bot${index}`))
  for (const log of logs) for (const equity of equities(ticks)) log.tick(equity)
  return logs
}

/** Events of three traders and two configurations, all in the database. */
async function store(): Promise<void> {
  await scene.publish(logsOf(3, 20).flatMap(({ events }) => events))
  await scene.switchPersistence(true)
  await scene.switchPersistence(true)
  await scene.untilAllAcked()
}

function rebuild(...args: readonly string[]): Promise<Finished> {
  return runCommand(scene.database.url, 'rebuild', ...args)
}

async function rebuiltAs(...args: readonly string[]): Promise<object> {
  const { code, stdout, stderr } = await rebuild(...args, '--json')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout) as object
}

async function expectVerified(): Promise<void> {
  const { code, stdout } = await runCommand(scene.database.url, 'verify', '--tables-only')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('No differences') })
}

test('a history that is all gone is there again, the same as before', async () => {
  const before = await scene.query(
    'SELECT to_jsonb(h) - $$updated_at$$ AS row FROM risk_state_history h ORDER BY stream_seq',
  )
  await scene.query('TRUNCATE risk_state_history, risk_state, risk_limit_state, risk_config_history')

  const rebuilt = await rebuiltAs('history')

  expect(rebuilt).toMatchObject({
    history: { ...NOTHING, added: 60 },
    snapshot: { ...NOTHING, added: 3 },
    limits: { ...NOTHING, added: 6 },
    configurations: { ...NOTHING, added: 2 },
    log: { events: 60, configurations: 2, refused: 0 },
  })
  expect(
    await scene.query('SELECT to_jsonb(h) - $$updated_at$$ AS row FROM risk_state_history h ORDER BY stream_seq'),
  ).toEqual(before)
  await expectVerified()
})

test('only rows that are wrong are written', async () => {
  await scene.query(`
    DELETE FROM risk_state_history WHERE trader_id = 'bot0' AND version IN (3, 4);
    UPDATE risk_state_history SET current_equity = 7, detail = '{}' WHERE trader_id = 'bot1' AND version = 5;
    INSERT INTO risk_state_history SELECT (jsonb_populate_record(h, '{"version": 99}')).* FROM risk_state_history h
      WHERE trader_id = 'bot2' AND version <= 3 AND version > 2;
    UPDATE risk_state SET version = 99 WHERE trader_id = 'bot1';
    UPDATE risk_state SET trader_id = 'nobody' WHERE trader_id = 'bot2';
    UPDATE risk_limit_state SET line = 7 WHERE trader_id = 'bot0' AND limit_name = 'max_drawdown';
    UPDATE risk_limit_state SET limit_name = 'weekly' WHERE trader_id = 'bot1' AND limit_name = 'max_drawdown';
    UPDATE risk_config_history SET by = 'nobody' WHERE input_seq = 1`)
  const [written] = await scene.query<{ at: string }>('SELECT max(updated_at)::text AS at FROM risk_state_history')

  const rebuilt = await rebuiltAs('history')

  expect(rebuilt).toMatchObject({
    history: { added: 2, changed: 1, removed: 1 },
    snapshot: { added: 1, changed: 1, removed: 1 },
    limits: { added: 1, changed: 1, removed: 1 },
    configurations: { ...NOTHING, changed: 1 },
  })
  const again = await scene.pool.query('SELECT FROM risk_state_history WHERE updated_at > $1', [written?.at])
  expect(again.rowCount).toBe(3)
  await expectVerified()
})

test('rebuilt again, nothing is left to do', async () => {
  expect(await rebuiltAs('history')).toMatchObject({ history: NOTHING, snapshot: NOTHING, limits: NOTHING })
  expect(await rebuiltAs()).toMatchObject({ history: null, snapshot: NOTHING, configurations: null })
})

test.each([['log'], ['history']])('the snapshot alone is rebuilt from the %s', async (from) => {
  await scene.query(`
    DELETE FROM risk_state WHERE trader_id = 'bot0';
    UPDATE risk_state SET version = 99 WHERE trader_id = 'bot1';
    UPDATE risk_state SET trader_id = 'nobody' WHERE trader_id = 'bot2'`)

  expect(await rebuiltAs('snapshot', '--from', from)).toMatchObject({
    snapshot: { added: 2, changed: 1, removed: 1 },
    history: null,
  })
  await expectVerified()
})

test('from the history the snapshot is rebuilt without NATS', async () => {
  await scene.query('TRUNCATE risk_state')

  const env = { DATABASE_URL: scene.database.url, NATS_URL: 'nats://127.0.0.1:1' }
  const finished = await spawnCommandWith(env, 'rebuild', '--from', 'history')

  expect(finished).toMatchObject({
    code: 0,
    stdout: 'risk_state: 3 added, 0 changed, 0 removed\nrisk_limit_state: 0 added, 0 changed, 0 removed\n',
  })
  expect(await scene.snapshotFaults()).toBe(0)
})

test('what an operator has bound to the tables, and what others have prepared, works on', async () => {
  await scene.query(`
    CREATE VIEW latest AS SELECT trader_id, max(version) AS version FROM risk_state_history GROUP BY trader_id;
    CREATE VIEW current_equities AS SELECT trader_id, current_equity FROM risk_state`)
  const client = new pg.Client({ connectionString: scene.database.url })
  await client.connect()
  try {
    const prepared = { name: 'count', text: 'SELECT count(*)::int FROM risk_state_history' }
    expect((await client.query(prepared)).rows).toEqual([{ count: 60 }])
    await scene.query('TRUNCATE risk_state_history, risk_state')

    await rebuiltAs('history')

    expect((await client.query(prepared)).rows).toEqual([{ count: 60 }])
    expect((await client.query('SELECT * FROM latest ORDER BY trader_id')).rows).toEqual(
      [0, 1, 2].map((index) => ({ trader_id: `bot${index}`, version: '20' })),
    )
    expect((await client.query('SELECT * FROM current_equities')).rowCount).toBe(3)
    expect((await client.query(`SELECT * FROM risk_state_at('infinity')`)).rowCount).toBe(3)
    expect((await client.query('SELECT * FROM risk_daily_pnl')).rowCount).toBe(3)
  } finally {
    await client.end()
    await scene.query('DROP VIEW latest, current_equities')
  }
})

test('a reader who began before sees the old rows to its end, and does not hold up the rebuilding', async () => {
  await scene.query('DELETE FROM risk_state_history WHERE version > 10')
  const client = new pg.Client({ connectionString: scene.database.url })
  await client.connect()
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    const count = async () => (await client.query('SELECT count(*)::int FROM risk_state_history')).rows
    expect(await count()).toEqual([{ count: 30 }])

    await rebuiltAs('history')

    expect(await count()).toEqual([{ count: 30 }])
  } finally {
    await client.end()
  }
  expect(await scene.stored()).toBe(60)
})

test('what the history no longer keeps does not come back, and is not missed', async () => {
  const cut = new Date(START + 10_500)
  await scene.pool.query('UPDATE risk_retention SET kept_from = $1', [cut])
  await scene.pool.query('DELETE FROM risk_state_history WHERE recorded_at < $1', [cut])

  expect(await rebuiltAs('history')).toMatchObject({ history: NOTHING })

  expect(await scene.stored()).toBe(30)
  const { code, stdout } = await runCommand(scene.database.url, 'verify', '--tables-only')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('30 events are older than') })
})

test('one that fails changes nothing and leaves nothing behind', async () => {
  await scene.query(`
    DELETE FROM risk_state_history WHERE version = 1;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON risk_state FOR EACH ROW EXECUTE FUNCTION refuse();
    DELETE FROM risk_state WHERE trader_id = 'bot0'`)

  const { code, stderr } = await rebuild('history')

  await scene.query('DROP FUNCTION refuse CASCADE')
  expect(code).toBe(1)
  expect(stderr).toContain('not today')
  expect(await scene.stored()).toBe(57)
})

test.each([
  [['everything'], 'snapshot or history, not "everything"'],
  [['history', 'snapshot'], 'unexpected "snapshot"'],
  [['--from', 'table'], '--from must be log or history, got "table"'],
  [['history', '--from', 'history'], 'the history can be rebuilt only from the log'],
  [['--force'], '--force'],
])('%j is refused with the reason', async (args, reason) => {
  const { code, stderr } = await rebuild(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(reason)
})

// The last one, for it adds to the log.
test('while persisters store on, nothing is lost or stored twice, and they need not be started again', async () => {
  await scene.startPersister({ batchSize: 20 })
  await scene.query(`DELETE FROM risk_state_history WHERE version % 2 = 0`)
  let isOver = false
  const load = async (log: TraderLog) => {
    while (!isOver) await scene.publish([log.tick(1_000 + (log.events.length % 50))])
  }
  const logs = [new TraderLog('more1'), new TraderLog('more2')]
  const publishing = Promise.all(logs.map(load))

  for (const args of [
    ['history'],
    ['snapshot'],
    ['--from', 'history'],
    ['history'],
    ['--from', 'history'],
    ['history'],
  ]) {
    await rebuiltAs(...args)
  }
  isOver = true
  await publishing
  await scene.untilAllAcked()

  const events = logs.reduce((sum, log) => sum + log.events.length, 0)
  expect(events).toBeGreaterThan(100)
  expect(await scene.stored()).toBe(60 + events)
  expect(await scene.snapshotFaults()).toBe(0)
  await expectVerified()
})

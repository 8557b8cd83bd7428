import { eventually, type ServiceHere } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

function logOf(trader: string, ticks: number): TraderLog {
  const log = new TraderLog(trader)
  for (const equity of equities(ticks)) log.tick(equity)
  return log
}

/** The snapshot takes nothing while `refusals` holds a SQLSTATE, and answers with that. */
async function makeRefusing(): Promise<void> {
  await scene.query(`
    CREATE TABLE refusals (code text);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE refusal text := (SELECT code FROM refusals);
    BEGIN
      IF refusal IS NOT NULL THEN RAISE EXCEPTION 'refused by a test' USING ERRCODE = refusal; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON risk_state FOR EACH ROW EXECUTE FUNCTION refuse()`)
}

async function untilErrors(service: ServiceHere, code: string, count = 1): Promise<void> {
  const series = `persister_database_errors_total{code="${code}"}`
  await eventually(async () => (await metric(service, series)) >= count, { what: `${count} errors ${code}` })
}

test.each([
  ['08006', 'a lost connection'],
  ['25006', 'a transaction that may only read'],
  ['28P01', 'a wrong password'],
  ['53100', 'a full disk'],
  ['53200', 'too little memory'],
  ['57014', 'a cancelled query'],
  ['57P03', 'a server that is starting'],
  ['58030', 'an I/O error'],
])('%s, %s, is waited out: readiness and metrics say so, and then everything is stored', async (code) => {
  await makeRefusing()
  const service = await scene.startPersister({ batchSize: 10 })
  await scene.publish(logOf('bot1', 20).events)
  await scene.untilStored(20)

  await scene.query(`INSERT INTO refusals VALUES ('${code}')`)
  await scene.publish(logOf('bot2', 30).events)
  await untilErrors(service, code)

  expect(await readyz(service)).toMatchObject({ status: 503, ready: false })
  expect((await readyz(service)).checks.database).toContain(`refused by a test (${code})`)
  expect(await metric(service, 'persister_database_up')).toBe(0)
  expect(await metric(service, 'risk_persistence_failures_total{trader_id="bot1"}')).toBe(0)
  expect(await metric(service, 'risk_persistence_failures_total{trader_id="bot2"}')).toBeGreaterThan(0)
  expect(await scene.stored()).toBe(20)

  await scene.query('DELETE FROM refusals')
  await scene.untilStored(50)
  await scene.untilAllAcked()
  expect(await scene.snapshotFaults()).toBe(0)
  expect(await readyz(service)).toMatchObject({ status: 200, ready: true })
  expect(await metric(service, 'persister_database_up')).toBe(1)
})

test('a race that is lost again and again is told as a database that takes nothing', async () => {
  await makeRefusing()
  await scene.query(`INSERT INTO refusals VALUES ('40001')`)
  const service = await scene.startPersister()
  await scene.publish(logOf('bot1', 10).events)
  await eventually(async () => (await readyz(service)).checks.database?.includes('(40001)'), {
    what: 'readiness to say so',
  })

  await scene.query('DELETE FROM refusals')
  await scene.untilStored(10)
  expect(await readyz(service)).toMatchObject({ ready: true })
})

test('a deadlock that the persister loses is tried again, and is no outage', async () => {
  const service = await scene.startPersister()
  const logs = ['a', 'b'].map((trader) => logOf(trader, 20))
  await scene.publish(logs.flatMap((log) => log.events.slice(0, 10)))
  await scene.untilStored(20)
  const other = await scene.pool.connect()
  try {
    // Whoever looks first for a deadlock ends it by giving up; the persister does so after a second.
    await other.query(`SET deadlock_timeout = '1h'`)
    await other.query('BEGIN')
    // A persister writes the history first, so it holds that table while it waits for this one.
    await other.query('LOCK TABLE risk_state IN SHARE ROW EXCLUSIVE MODE')
    await scene.publish(logs.flatMap((log) => log.events.slice(10)))
    await scene.untilLocked()
    await other.query('LOCK TABLE risk_state_history IN SHARE ROW EXCLUSIVE MODE')
    await untilErrors(service, '40P01')
    expect(await readyz(service)).toMatchObject({ ready: true })
    await other.query('COMMIT')
  } finally {
    other.release(true)
  }
  await scene.untilStored(40)
  await scene.untilAllAcked()
  expect(await scene.snapshotFaults()).toBe(0)
})

test('a serialization failure is tried again, and is no outage', async () => {
  await scene.query(`DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''repeatable read''', current_database());
  END $$`)
  const service = await scene.startPersister()
  const log = logOf('a', 20)
  await scene.publish(log.events.slice(0, 10))
  await scene.untilStored(10)
  const other = await scene.pool.connect()
  try {
    await other.query('BEGIN')
    await other.query(`UPDATE risk_state SET updated_at = now() WHERE trader_id = 'a'`)
    await scene.publish(log.events.slice(10))
    await scene.untilLocked()
    await other.query('COMMIT')
    await untilErrors(service, '40001')
  } finally {
    other.release(true)
  }
  await scene.untilStored(20)
  await scene.untilAllAcked()
  expect(await readyz(service)).toMatchObject({ ready: true })
  expect(await scene.snapshotFaults()).toBe(0)
})

test('a column that is missing ends the persister, which says how to bring it back', async () => {
  await scene.query('ALTER TABLE risk_state DROP COLUMN reason')
  const service = await scene.startPersister()
  await scene.publish(logOf('bot1', 1).events)

  expect(await service.failed).toMatchObject({
    name: 'DatabaseRefusalError',
    message: expect.stringMatching(/"reason".*\(42703\).*npm run migrate/),
  })
  expect(await scene.stored()).toBe(0)
})

test('a user that may not write ends the persister, which says what it lacks', async () => {
  const user = await scene.createUser('pw', 'nothing')
  await scene.query(`GRANT USAGE ON SCHEMA drizzle TO ${user.name}`)
  await scene.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public, drizzle TO ${user.name}`)
  const service = await scene.startPersister({ databaseUrl: user.url('pw') })

  expect(await service.failed).toMatchObject({
    name: 'DatabaseRefusalError',
    message: expect.stringMatching(/\(42501\).*right/),
  })
})

import { durables, streams } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { AckPolicy } from '@nats-io/jetstream'
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

test('every event is stored once and acked, and the snapshot is the last row of each trader', async () => {
  const logs = ['a', 'b', 'c'].map((trader) => logOf(trader, 100))
  const service = await scene.startPersister()
  await scene.publish(logs.flatMap((log) => log.events))

  await scene.untilStored(300)
  await scene.untilAllAcked()

  expect(await scene.snapshotFaults()).toBe(0)
  expect(await metric(service, 'persister_rows_total')).toBe(300)
  expect(await readyz(service)).toMatchObject({ ready: true, checks: { database: 'ok', persistence: 'ok' } })
})

test('what is stored is what the event said, exactly', async () => {
  const log = new TraderLog('bot1')
  log.tick('1000.12345678', { balance: 999_99999999n, seq: 5 })
  await scene.startPersister()
  await scene.publish(log.events)
  await scene.untilStored(1)

  const rows = await scene.query('SELECT * FROM risk_state_history')

  expect(rows[0]).toMatchObject({
    trader_id: 'bot1',
    current_equity: '1000.12345678',
    balance: '999.99999999',
    tick_seq: '5',
    recorded_at: new Date('2026-03-12T14:00:01Z'),
    trading_paused: false,
    detail: null,
  })
})

test('events that are delivered again change nothing', async () => {
  const log = logOf('bot1', 50)
  const service = await scene.startPersister()
  await scene.publish(log.events)
  await scene.untilStored(50)
  await scene.untilAllAcked()
  const before = await scene.query('SELECT * FROM risk_state_history ORDER BY version')
  const snapshot = await scene.query('SELECT * FROM risk_state')

  // A new consumer of that name begins with the first event.
  await scene.manager.consumers.delete(streams.risk, durables.persister)
  await eventually(async () => (await metric(service, 'persister_duplicate_rows_total')) === 50, {
    what: 'all events to come again',
  })
  await scene.untilAllAcked()

  expect(await scene.query('SELECT * FROM risk_state_history ORDER BY version')).toEqual(before)
  expect(await scene.query('SELECT * FROM risk_state')).toEqual(snapshot)
})

test('an event that is older than the snapshot is stored and does not move the snapshot back', async () => {
  const log = logOf('bot1', 3)
  await scene.startPersister()
  await scene.publish(log.events.slice(2))
  await scene.untilStored(1)

  await scene.publish(log.events.slice(0, 2))
  await scene.untilStored(3)

  expect(await scene.query('SELECT version FROM risk_state')).toEqual([{ version: '3' }])
  expect(await scene.snapshotFaults()).toBe(0)
})

test('replicas share the work and store the same as one would', async () => {
  const logs = Array.from({ length: 10 }, (_, index) => logOf(`bot${index}`, 100))
  const replicas = [await scene.startPersister({ batchSize: 10 }), await scene.startPersister({ batchSize: 10 })]
  for (let index = 0; index < 100; index += 1) {
    await scene.publish(logs.flatMap((log) => log.events[index] ?? []))
  }

  await scene.untilStored(1_000)
  await scene.untilAllAcked()

  expect(await scene.snapshotFaults()).toBe(0)
  const rows = await Promise.all(replicas.map((replica) => metric(replica, 'persister_rows_total')))
  expect(rows.reduce((sum, count) => sum + count)).toBe(1_000)
  expect(Math.min(...rows)).toBeGreaterThan(0)
})

test('a persister that is killed loses nothing: the events that it held are stored by the next one', async () => {
  // The same consumer, but events that are not acked come again sooner.
  await scene.manager.consumers.add(streams.risk, {
    durable_name: durables.persister,
    ack_policy: AckPolicy.Explicit,
    ack_wait: 1_000_000_000,
  })
  const log = logOf('bot1', 400)
  const killed = await scene.spawnPersister({ batchSize: 5 })
  const publishing = scene.publish(log.events)
  await eventually(async () => (await scene.stored()) > 20, { what: 'some events in the history' })
  killed.kill('SIGKILL')
  await killed.exited
  await publishing

  await scene.startPersister()

  await scene.untilStored(400)
  await scene.untilAllAcked()
  expect(await scene.snapshotFaults()).toBe(0)
})

test('a persister that is asked to stop stores and acks what it holds', async () => {
  const service = await scene.spawnPersister({ batchSize: 50 })
  const before = await scene.lastSeq()
  await scene.publish(logOf('bot1', 300).events)

  expect(await service.stop()).toEqual({ code: 0, signal: null })

  const info = await scene.manager.consumers.info(streams.risk, durables.persister)
  expect(await scene.stored()).toBe(info.delivered.stream_seq - before)
  expect(info.num_ack_pending).toBe(0)
})

test('configurations have a history of their own', async () => {
  await scene.startPersister()
  const seq = await scene.switchPersistence(true)

  const rows = await eventually(
    async () => {
      const found = await scene.query('SELECT kind, input_seq, stream_seq, by, detail FROM risk_config_history')
      return found.length > 0 ? found : null
    },
    { what: 'the flags in the configuration history' },
  )

  expect(rows).toMatchObject([
    { kind: 'flags', input_seq: '1', stream_seq: String(seq), by: 'test', detail: { enable_persistence: true } },
  ])
})

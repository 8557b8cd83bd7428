import { durables, encodeRiskEvent, headerNames, type RiskEvent, streams, subjects } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { nanos } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

const bytes = (text: string) => new TextEncoder().encode(text)

function logOf(trader: string, ticks: number): TraderLog {
  const log = new TraderLog(trader)
  for (const equity of equities(ticks)) log.tick(equity)
  return log
}

/** An event that can be read, and that no PostgreSQL can store: text there has no zero character. */
function unstorable(trader: string): RiskEvent {
  return new TraderLog(trader).unreadableTick('a zero character: \0')
}

test('an event that cannot be read goes to REJECTS with its bytes, and all others are stored', async () => {
  const good = logOf('bot1', 20).events
  await scene.publish(good.slice(0, 10))
  const subject = subjects.event('assessed', 'bot2')
  const seq = await scene.publishRaw(subjects.out('assessed', 'bot2'), bytes('{"equity": '))
  await scene.publish(good.slice(10))

  const service = await scene.startPersister()
  await scene.untilStored(20)
  await scene.untilAllAcked()

  const reject = await scene.manager.streams.getMessage(streams.rejects, { seq: 1 })
  expect(reject?.subject).toBe(subjects.rejects(streams.risk))
  expect(reject?.data).toEqual(bytes('{"equity": '))
  expect(reject?.header.get(headerNames.rejectSubject)).toBe(subject)
  expect(reject?.header.get(headerNames.rejectSequence)).toBe(String(seq))
  expect(reject?.header.get(headerNames.rejectReason)).toContain('not JSON')
  expect(await scene.rejected()).toBe(1)
  expect(await metric(service, 'persister_rejected_total')).toBe(1)
})

test('events that the database refuses go to REJECTS, and the rest of their batch is stored', async () => {
  const good = logOf('bot1', 50).events
  await scene.publish(good.slice(0, 20))
  await scene.publish([unstorable('bad1')])
  await scene.publish(good.slice(20, 30))
  await scene.publish([unstorable('bad2'), unstorable('bad3')])
  await scene.publish(good.slice(30))

  await scene.startPersister()
  await scene.untilStored(50)
  await scene.untilAllAcked()

  expect(await scene.rejected()).toBe(3)
  const reject = await scene.manager.streams.getMessage(streams.rejects, { seq: 1 })
  expect(reject?.data).toEqual(encodeRiskEvent(unstorable('bad1')))
  expect(await scene.snapshotFaults()).toBe(0)
  expect(await scene.query("SELECT trader_id FROM risk_state WHERE trader_id <> 'bot1'")).toEqual([])
})

test('an event is acked only once REJECTS has it', async () => {
  const service = await scene.startPersister()
  await scene.manager.streams.delete(streams.rejects)
  await scene.publishRaw(subjects.out('assessed', 'bot2'), bytes('nonsense'))
  await scene.publish(logOf('bot1', 1).events)
  await eventually(async () => (await readyz(service)).ready === false, { what: 'readiness to be lost' })

  await scene.provision()

  await eventually(async () => (await scene.rejected()) === 1, { what: 'the event in REJECTS' })
  await scene.untilStored(1)
  await scene.untilAllAcked()
  expect(await readyz(service)).toMatchObject({ ready: true })
})

test('a persister stops while an event waits to be rejected, and the next one rejects it', async () => {
  const service = await scene.startPersister()
  await scene.manager.streams.delete(streams.rejects)
  await scene.publishRaw(subjects.out('assessed', 'bot2'), bytes('nonsense'))
  await eventually(async () => (await readyz(service)).checks.rejects?.includes('waits to be rejected'), {
    what: 'readiness to say that an event waits',
  })

  await service.stop()
  await scene.provision()
  // What was not acked comes again after this, and not after the 10 s of every day.
  await scene.manager.consumers.update(streams.risk, durables.persister, { ack_wait: nanos(500) })
  await scene.startPersister()

  await eventually(async () => (await scene.rejected()) === 1, { timeoutMs: 30_000, what: 'the event in REJECTS' })
  await scene.untilAllAcked()
})

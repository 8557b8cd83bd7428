import { durables, headerNames, streams } from '@drawbridge/contracts'
import { PullRequest } from '@drawbridge/nats'
import { Scene } from '@drawbridge/testing/persister-scene'
import { jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DeliveredEvent, deliveredEvent, streamSeqAt } from '../src/inbound/event-pull.ts'
import { ensureRiskConsumer } from '../src/inbound/risk-consumer.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open({ migrated: false })
})
afterEach(() => scene.close())

test('an event that is kept without the message it came in is acked all the same', async () => {
  await ensureRiskConsumer(scene.manager)
  const carried = headers()
  carried.set(headerNames.traceparent, TRACEPARENT)
  const client = jetstream(scene.connection)
  const { seq } = await client.publish('guardian.out.assessed.bot1', 'not looked at', { headers: carried })
  const events: DeliveredEvent[] = []
  const request = new PullRequest({
    connection: scene.connection,
    stream: streams.risk,
    consumer: durables.persister,
    max: seq,
    onMessage: (message, ackSubject) => events.push(deliveredEvent(scene.connection, message, ackSubject)),
  })
  expect(await request.ended).toBeNull()

  for (const event of events) event.ack()

  await scene.untilAllAcked()
  expect(events.at(-1)).toMatchObject({ subject: 'risk.assessed.bot1', seq, traceparent: TRACEPARENT })
})

test('the stream sequence is found in a JetStream domain too', () => {
  expect(streamSeqAt('$JS.ACK.RISK.persister.2.345.6.1789.0')).toBe(345)
  expect(streamSeqAt('$JS.ACK.hub.Abc123.RISK.persister.2.345.6.1789.0.random')).toBe(345)
})

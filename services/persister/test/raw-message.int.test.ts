import { durables, headerNames, streams } from '@drawbridge/contracts'
import { PullRequest } from '@drawbridge/nats'
import { type JsMsg, jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DeliveredEvent, deliveredEvent } from '../src/inbound/delivered-event.ts'
import { streamSeqAt, streamSeqOf, traceparentOf } from '../src/inbound/raw-message.ts'
import { ensureRiskConsumer, riskMessage } from '../src/inbound/risk-consumer.ts'
import { Scene } from './scene.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open({ migrated: false })
})
afterEach(() => scene.close())

/** Publishes a message with each of these headers, and gives what a consumer is brought. */
async function delivered(...each: readonly (Readonly<Record<string, string>> | null)[]): Promise<readonly JsMsg[]> {
  const client = jetstream(scene.connection)
  const first = (await scene.manager.streams.info(streams.risk)).state.last_seq + 1
  for (const values of each) {
    const carried = headers()
    for (const [name, value] of Object.entries(values ?? {})) carried.set(name, value)
    await client.publish('guardian.out.assessed.bot1', 'not looked at', values === null ? {} : { headers: carried })
  }
  const consumer = await client.consumers.get(streams.risk, { opt_start_seq: first })
  const messages: JsMsg[] = []
  for await (const message of await consumer.fetch({ max_messages: each.length })) {
    if (message.seq >= first) messages.push(message)
    if (messages.length === each.length) break
  }
  return messages
}

test('the traceparent of a message is what the client says it is', async () => {
  const messages = await delivered(
    { [headerNames.traceparent]: TRACEPARENT },
    { [headerNames.settled]: '7', [headerNames.traceparent]: TRACEPARENT, [headerNames.guardian]: 'one' },
    { [headerNames.settled]: '7', other: `x ${headerNames.traceparent}: y` },
    null,
  )

  expect(messages.map(traceparentOf)).toEqual([TRACEPARENT, TRACEPARENT, '', ''])
  expect(messages.map((message) => message.headers?.get(headerNames.traceparent) ?? '')).toEqual(
    messages.map(traceparentOf),
  )
})

test('the stream sequence of a message is what the client says it is', async () => {
  const messages = await delivered(null, { [headerNames.settled]: '7' }, null)

  expect(messages.map(streamSeqOf)).toEqual(messages.map((message) => message.seq))
  expect(new Set(messages.map(streamSeqOf)).size).toBe(3)
})

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

test('a client that keeps its messages in another way is asked', () => {
  const carried = headers()
  carried.set(headerNames.traceparent, TRACEPARENT)
  const message = { subject: 'risk.assessed.bot1', data: new Uint8Array(), headers: carried, seq: 5 }

  expect(riskMessage(message as unknown as JsMsg)).toMatchObject({ seq: 5, traceparent: TRACEPARENT })
})

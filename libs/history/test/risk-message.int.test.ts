import { headerNames, streams } from '@drawbridge/contracts'
import { Scene } from '@drawbridge/test-kit/persister-scene'
import { type JsMsg, jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { riskMessage } from '../src/risk-message.ts'

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

  const traceparents = messages.map((message) => riskMessage(message).traceparent)
  expect(traceparents).toEqual([TRACEPARENT, TRACEPARENT, '', ''])
  expect(messages.map((message) => message.headers?.get(headerNames.traceparent) ?? '')).toEqual(traceparents)
})

test('a client that keeps its messages in another way is asked', () => {
  const carried = headers()
  carried.set(headerNames.traceparent, TRACEPARENT)
  const message = { subject: 'risk.assessed.bot1', data: new Uint8Array(), headers: carried, seq: 5 }

  expect(riskMessage(message as unknown as JsMsg)).toMatchObject({ seq: 5, traceparent: TRACEPARENT })
})

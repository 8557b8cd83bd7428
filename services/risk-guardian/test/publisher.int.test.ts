import { Scene } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Publisher, type PublishOutcome } from '../src/outbound/publisher.ts'

let scene: Scene
let publisher: Publisher
let outcomes: PublishOutcome[]
beforeEach(async () => {
  scene = await Scene.open()
  publisher = new Publisher(scene.connection, { knownSeq: 0 }, null)
  outcomes = []
})
afterEach(async () => {
  publisher.close()
  await scene.close()
})

test('after a reconnect, nothing waits for an answer that was lost with the connection', async () => {
  // Somebody who takes the message and never answers.
  const deaf = scene.connection.subscribe('deaf', { callback: () => undefined })
  publisher.publish({
    subject: 'deaf',
    before: () => [],
    headers: () => 'NATS/1.0\r\n\r\n',
    payload: () => new Uint8Array(),
    onOutcome: (outcome) => outcomes.push(outcome),
    onError: (error) => expect.unreachable(String(error)),
  })
  await scene.connection.flush()
  expect(deaf.getReceived()).toBe(1)

  publisher.hold()
  expect(outcomes).toEqual([])
  publisher.release()

  expect(outcomes).toEqual([{ kind: 'unknown' }])
  expect(publisher.inFlight).toBe(0)
})

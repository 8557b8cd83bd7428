import { EventListener, eventually } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Commanded, Scene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open({}, { lookEveryMs: 200 })
})
afterEach(() => scene.close())

const fleet = async () => {
  const { body } = await scene.ask<{ traders?: readonly { id: string }[] }>('GET', '/api/traders')
  return body.traders?.map(({ id }) => id)
}

test('where the risk log is replaced by another one, nothing of the first is told any more', async () => {
  const first = await scene.startGuardian()
  for (let equity = 1000; equity > 990; equity -= 1) await scene.tick('of-the-first', equity)
  await scene.untilVersion('of-the-first', 10)
  const listener = await EventListener.open(`${scene.url}/api/events?after=0`, {})
  await eventually(() => listener.events.length === 12, { what: 'the events of the first log' })
  await first.stop()

  await scene.recreateLogs()
  await scene.startGuardian()
  await scene.tick('of-the-second', 1000)
  await scene.untilVersion('of-the-second', 1)

  // Its next event would be the 13th of a log that has no more than a few.
  await listener.ended
  expect(listener.events).toHaveLength(12)
  await eventually(async () => String(await fleet()) === 'of-the-second', { what: 'the fleet of the second log' })
  expect(await scene.ask('GET', '/api/traders/of-the-first')).toMatchObject({ status: 404 })
  const paused = await scene.ask<Commanded>('POST', '/api/traders/of-the-second/pause', { reason: 'it is new' })
  expect(paused).toMatchObject({ status: 200, body: { event: { type: 'paused', version: 2 } } })
  const last = { 'last-event-id': String(listener.ids.at(-1)) }
  expect(await scene.ask('GET', '/api/events', undefined, last)).toMatchObject({
    status: 409,
    body: { error: { code: 'unknown-event-id' } },
  })
})

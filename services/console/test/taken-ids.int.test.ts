import { createHash } from 'node:crypto'
import { HTTP_USER, headerNames, streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Commanded, Scene } from './scene.ts'

const KEY = 'retry-1'
const BODY = { reason: 'holiday' }

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
  await scene.startGuardian()
})
afterEach(() => scene.close())

const pause = (headers = {}) =>
  scene.ask<Commanded>('POST', '/api/traders/bot1/pause', BODY, { 'idempotency-key': KEY, ...headers })

/** Publishes a tick of another trader with the id that the pause is going to have. */
async function takeItsId(): Promise<void> {
  const content = createHash('sha256')
    .update(subjects.command(HTTP_USER, 'pause', 'bot1'))
    .update('\n')
    .update(toJsonBytes({ ...BODY, by: 'http' }))
  const described = headers()
  described.set(headerNames.messageId, `operator:${KEY}:${content.digest('hex').slice(0, 32)}`)
  const payload = toJsonBytes({ equity: 1000 })
  const { duplicate } = await jetstream(scene.connection).publish(subjects.tick('bot2'), payload, {
    headers: described,
  })
  expect(duplicate).toBe(false)
}

test('a command is obeyed though a tick has taken its message id, and counts once when it is sent again', async () => {
  await takeItsId()
  const inputs = await scene.inputCount()

  const first = await pause()
  const again = await pause()

  expect(first).toMatchObject({ status: 200, body: { event: { type: 'paused', trader: 'bot1' } } })
  expect(again.body).toEqual(first.body)
  expect(await scene.inputCount()).toBe(inputs + 1)
})

test('a command that is sent again when the stream has forgotten its id counts once', async () => {
  const manager = await jetstreamManager(scene.connection)
  await manager.streams.update(streams.inputs, { duplicate_window: 100_000_000 })
  const first = await pause()
  const isKnown = async () =>
    (await jetstream(scene.connection).publish(subjects.tick('bot2'), '{"equity":1}', { msgID: 'later' })).duplicate
  expect(await isKnown()).toBe(false)
  await eventually(async () => !(await isKnown()), { what: 'the stream to forget an id that came later' })

  const inputs = await scene.inputCount()
  expect((await pause()).body).toEqual(first.body)
  expect(await scene.inputCount()).toBe(inputs)
  expect((await pause({ 'idempotency-key': 'another' })).body.input).toBe(inputs + 1)
})

test('the same command that is sent many times at once counts once all the same', async () => {
  await takeItsId()
  const inputs = await scene.inputCount()

  const answers = await Promise.all([pause(), pause(), pause(), pause()])

  expect(new Set(answers.map(({ body }) => body.input))).toEqual(new Set([inputs + 1]))
  expect(await scene.inputCount()).toBe(inputs + 1)
})

test('commands that came between do not hide the first one', async () => {
  await takeItsId()
  const first = await pause()
  await scene.ask('POST', '/api/traders/bot1/pause', { reason: 'another' })
  const inputs = await scene.inputCount()

  expect((await pause()).body).toEqual(first.body)
  expect(await scene.inputCount()).toBe(inputs)
})

test('a change that expects a tag is made once, and refused where something came between', async () => {
  const limits = { max_daily_loss: 5 }
  const tag = (await scene.ask('GET', '/api/limits')).headers.get('etag') ?? ''
  const content = createHash('sha256')
    .update(subjects.commandLimits(HTTP_USER))
    .update('\n')
    .update(toJsonBytes({ ...limits, by: 'http' }))
  const described = headers()
  described.set(headerNames.messageId, `operator:${KEY}:${content.digest('hex').slice(0, 32)}`)
  await jetstream(scene.connection).publish(subjects.tick('bot2'), toJsonBytes({ equity: 1 }), { headers: described })
  const change = () => scene.ask('PUT', '/api/limits', limits, { 'idempotency-key': KEY, 'if-match': tag })

  expect(await change()).toMatchObject({ status: 200 })
  expect(await change()).toMatchObject({ status: 412 })
})

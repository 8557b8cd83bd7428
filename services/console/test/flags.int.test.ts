import { migrate } from '@drawbridge/migrations'
import { startPersister } from '@drawbridge/persister'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, eventually, infrastructure, startHere } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Commanded, Scene } from './scene.ts'

const PATH = '/api/feature_flags'
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

test.each([
  ['as the original is asked', { 'content-type': 'application/json' }],
  ['as curl asks where nobody says what it sends', { 'content-type': 'application/x-www-form-urlencoded' }],
])('a flag that is posted %s is in force when it is answered, and the other one stays', async (_name, type) => {
  await scene.startGuardian()

  const posted = await scene.ask<Commanded>('POST', PATH, '{"enable_persistence": false, "reason": "vacuum"}', {
    ...type,
    traceparent: TRACEPARENT,
  })

  const flags = { enable_persistence: false, enable_risk_enforcement: true }
  expect(posted).toMatchObject({
    status: 200,
    body: {
      traceId: TRACE_ID,
      event: { type: 'flags', ...flags, by: 'http', reason: 'vacuum', previous: { enable_persistence: true } },
      previous: { type: 'flags', enable_persistence: true, enable_risk_enforcement: true },
    },
  })
  expect(posted.body.event.inputSeq).toBe(posted.body.input)
  expect((await scene.ask('GET', PATH)).body).toEqual({
    ...flags,
    version: posted.body.input,
    changedAt: posted.body.event.recordedAt,
    by: 'http',
    reason: 'vacuum',
    previous: { enable_persistence: true },
  })
})

test('flags survive restarts of everything that decides and answers', async () => {
  const first = await scene.startGuardian()
  await scene.ask('POST', PATH, { enable_risk_enforcement: false })
  await first.stop()
  await scene.restartApi()

  expect((await scene.ask('GET', PATH)).body).toMatchObject({
    enable_risk_enforcement: false,
    enable_persistence: true,
  })

  await scene.startGuardian()
  const posted = await scene.ask<Commanded>('POST', PATH, { enable_persistence: false })
  expect(posted.body.event).toMatchObject({ enable_risk_enforcement: false, enable_persistence: false })
})

test('the persister obeys, and hears that it may go on', async () => {
  await scene.startGuardian()
  const database = await createDatabase()
  await migrate(database.url, createLogger('test', 'silent'))
  const persister = await startHere(startPersister, { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url })
  const consuming = async () => {
    const text = await (await fetch(`${await persister.url()}/metrics`)).text()
    return Number(/^persister_consuming(?:\{.*\})? (\d)/m.exec(text)?.[1])
  }
  await eventually(async () => (await consuming()) === 1, { what: 'the persister to consume' })

  await scene.ask('POST', PATH, { enable_persistence: false })
  await eventually(async () => (await consuming()) === 0, { what: 'the persister to stop consuming' })

  await scene.ask('POST', PATH, { enable_persistence: true })
  await eventually(async () => (await consuming()) === 1, { what: 'the persister to consume again' })

  await persister.stop()
  await database.drop()
})

test('enforcement that is switched off lifts what limits hold', async () => {
  await scene.startGuardian()
  await scene.tick('bot1', 1000)
  await scene.tick('bot1', 850)
  await scene.untilVersion('bot1', 2)

  await scene.ask('POST', PATH, { enable_risk_enforcement: false })

  await scene.untilVersion('bot1', 3)
  expect((await scene.ask('GET', '/api/traders/bot1')).body).toMatchObject({
    event: { decision: { status: 'allowed' } },
  })
})

test.each([
  ['nothing', '{}', 'names no flag to change'],
  ['no body', '', 'names no flag to change'],
  ['words', '{"enable_persistence": "no"}', /^enable_persistence must be true or false, got "no"/],
  ['a flag that is misspelt', '{"enable_persistance": false}', /did you mean "enable_persistence"\?/],
  ['for nobody', '{"enable_persistence": false, "onBehalfOf": ""}', /^onBehalfOf must be on whose behalf/],
  ['what is no JSON', 'off', /^the body is not JSON/],
])('a body with %s is refused and reaches no log', async (_name, body, message) => {
  const before = await scene.inputCount()

  expect(await scene.ask('POST', PATH, body)).toMatchObject({
    status: 400,
    body: {
      error: { code: 'invalid-body', message: typeof message === 'string' ? message : expect.stringMatching(message) },
    },
  })
  expect(await scene.inputCount()).toBe(before)
})

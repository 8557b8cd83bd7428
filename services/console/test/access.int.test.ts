import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Commanded, Scene } from './scene.ts'

const TOKENS = { read: 'r'.repeat(32), operate: 'o'.repeat(32), admin: 'a'.repeat(32) }
const API_TOKENS = JSON.stringify(
  Object.entries(TOKENS).map(([role, token]) => ({ name: `${role}-alice`, role, token })),
)

let scene: Scene
beforeAll(async () => {
  scene = await Scene.open({ API_TOKENS })
})
afterAll(() => scene.close())

const as = (role: keyof typeof TOKENS) => ({ authorization: `Bearer ${TOKENS[role]}` })

const endpoints: readonly (readonly [
  needed: keyof typeof TOKENS,
  method: string,
  path: string,
  body: object | undefined,
])[] = [
  ['read', 'GET', '/api/feature_flags', undefined],
  ['admin', 'POST', '/api/feature_flags', { enable_persistence: false }],
  ['read', 'GET', '/api/limits', undefined],
  ['admin', 'PUT', '/api/limits', { max_drawdown: 5 }],
  ['read', 'GET', '/api/limits/bot1', undefined],
  ['admin', 'PUT', '/api/limits/bot1', { max_drawdown: 5 }],
  ['read', 'GET', '/api/traders', undefined],
  ['read', 'GET', '/api/traders/bot1', undefined],
  ['read', 'GET', '/api/traders/bot1/events', undefined],
  ['read', 'GET', '/api/traders/bot1/explain/1', undefined],
  ['operate', 'POST', '/api/traders/bot1/pause', { reason: 'x' }],
  ['operate', 'POST', '/api/traders/bot1/resume', { reason: 'x' }],
  ['operate', 'POST', '/api/traders/bot1/cash-flow', { amount: 1 }],
  ['read', 'GET', '/api/events', undefined],
  ['read', 'GET', '/api/live', undefined],
  ['read', 'GET', '/api/health', undefined],
  ['read', 'GET', '/api/notify', undefined],
  ['read', 'GET', '/api/notify/deliveries/bot1/1', undefined],
  ['operate', 'POST', '/api/notify/acknowledge', { trader: 'bot1' }],
  ['operate', 'POST', '/api/notify/silences', { kind: 'silent', until: '2999-01-01T00:00:00Z', reason: 'x' }],
  ['operate', 'POST', '/api/notify/silences/one/end', {}],
  ['operate', 'POST', '/api/notify/channels/hook/test', {}],
  ['read', 'POST', '/api/traders/bot1/preview/pause', { reason: 'x' }],
]
const ROLES = ['read', 'operate', 'admin'] as const
const attempts = endpoints.flatMap(([needed, method, path, body]) =>
  ROLES.slice(0, ROLES.indexOf(needed)).map((role) => [role, method, path, body] as const),
)

describe('nothing comes in', () => {
  test.each(endpoints)('without a token of the role %s: %s %s', async (_needed, method, path, body) => {
    const inputs = await scene.inputCount()
    expect((await scene.ask(method, path, body)).status).toBe(401)
    expect(await scene.inputCount()).toBe(inputs)
  })

  test.each(attempts)('by a token of the role %s: %s %s', async (role, method, path, body) => {
    const inputs = await scene.inputCount()
    expect((await scene.ask(method, path, body, as(role))).status).toBe(403)
    expect(await scene.inputCount()).toBe(inputs)
  })
})

test('the event of a command has the name of who gave it', async () => {
  await scene.startGuardian(as('read'))
  const flags = await scene.ask<Commanded>('POST', '/api/feature_flags', { enable_persistence: false }, as('admin'))
  expect(flags.body.event.by).toBe('admin-alice')
  const paused = await scene.ask<Commanded>('POST', '/api/traders/bot1/pause', { reason: 'x' }, as('operate'))
  expect(paused.body.event.facts).toMatchObject([{ by: 'operate-alice' }])
})

test.each([
  ['onBehalfOf', { onBehalfOf: 'bob' }, 'bob'],
  ['by, as clients of before sent it', { by: 'bob' }, 'bob'],
  ['both', { by: 'eve', onBehalfOf: 'bob' }, 'bob'],
])('whom a body names by %s is for whom it is asked, and never who asks', async (_what, named, onBehalfOf) => {
  const pause = { reason: 'x', ...named }
  const paused = await scene.ask<Commanded>('POST', '/api/traders/bot2/pause', pause, as('operate'))
  expect(paused.body.event.facts).toMatchObject([{ by: 'operate-alice', onBehalfOf }])

  const limits = { max_drawdown: 5, ...named }
  const limited = await scene.ask<Commanded>('PUT', '/api/limits', limits, as('admin'))
  expect(limited.body.event).toMatchObject({ by: 'admin-alice', onBehalfOf })
})

test('who is named for must be named', async () => {
  const pause = { reason: 'x', onBehalfOf: '' }
  expect((await scene.ask('POST', '/api/traders/bot2/pause', pause, as('operate'))).status).toBe(400)
})

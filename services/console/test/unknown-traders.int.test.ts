import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Commanded, Scene } from './scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await Scene.open({}, { configured: ['mybot'] })
  await scene.startGuardian()
  await scene.tick('desk-7', 1000)
  await scene.untilVersion('desk-7', 1)
})
afterAll(() => scene.close())

const COMMANDS: readonly (readonly [method: string, path: (id: string) => string, body: object])[] = [
  ['POST', (id) => `/api/traders/${id}/pause`, { reason: 'x' }],
  ['POST', (id) => `/api/traders/${id}/resume`, { reason: 'x' }],
  ['PUT', (id) => `/api/limits/${id}`, { max_drawdown: 5 }],
  ['POST', (id) => `/api/traders/${id}/cash-flow`, { amount: 1 }],
  ['POST', (id) => `/api/traders/${id}/restart`, { reason: 'x' }],
  ['POST', (id) => `/api/traders/${id}/correct`, { limit: 'max_drawdown', reference: 5, reason: 'x' }],
]
const commands = COMMANDS.map(([method, path, body]) => [`${method} ${path('mybto')}`, method, path, body] as const)

const ask = <Body>(method: string, path: string, body: object) => scene.ask<Body>(method, path, body)
interface Refused {
  readonly error: { readonly code: string; readonly message: string }
}

describe('a command to a trader that nobody knows is refused, with the one that was probably meant', () => {
  test.each(commands)('%s', async (_name, method, path, body) => {
    const inputs = await scene.inputCount()
    expect(await ask<Refused>(method, path('mybto'), body)).toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'unknown-trader',
          message:
            'trader "mybto" is not configured and has never reported; did you mean "mybot"? to command it before its ' +
            'first report, send "create": true',
        },
      },
    })
    expect(await scene.inputCount()).toBe(inputs)
  })

  test.each([
    ['one that has reported', 'desk-8', 'did you mean "desk-7"?'],
    ['one that the log configures', 'Bot1', 'did you mean "bot1"?'],
    ['nobody', 'entirely-different', 'has never reported; to command it'],
  ])('as which is meant: %s', async (_name, id, words) => {
    const { status, body } = await ask<Refused>('POST', `/api/traders/${id}/pause`, { reason: 'x' })
    expect(status).toBe(404)
    expect(body.error.message).toContain(words)
  })

  test('after what is wrong with the command itself', async () => {
    const { body } = await ask<Refused>('POST', '/api/traders/mybto/pause', { create: 'yes', until: 7 })
    expect(body.error.message).toContain('create must be true or false')
    expect((await ask<Refused>('POST', '/api/traders/mybto/pause', {})).status).toBe(400)
  })
})

describe('of a trader that nobody knows nothing is shown, but the one that was probably meant', () => {
  const reads = ['/api/traders/mybto', '/api/traders/mybto/events', '/api/traders/mybto/explain/1', '/api/limits/mybto']
  test.each(reads)('%s', async (path) => {
    expect(await scene.ask<Refused>('GET', path)).toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'unknown-trader',
          message: 'trader "mybto" is not configured and has never reported; did you mean "mybot"?',
        },
      },
    })
  })

  test('one that is known and has not reported is told so, and has its limits', async () => {
    for (const path of ['', '/events', '/explain/1']) {
      expect(await scene.ask<Refused>('GET', `/api/traders/bot1${path}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'not-reported', message: expect.stringContaining('trader "bot1" has never reported') } },
      })
    }
    expect(await scene.ask('GET', '/api/limits/bot1')).toMatchObject({ status: 200, body: { version: 0 } })
  })
})

test.each([
  ['that the settings name', 'mybot'],
  ['that the log configures', 'bot2'],
  ['that has reported', 'desk-7'],
])('a trader %s takes commands', async (_name, id) => {
  expect((await ask('POST', `/api/traders/${id}/pause`, { reason: 'x' })).status).toBe(200)
})

describe('a trader that nobody knows is commanded all the same', () => {
  test.each([
    ['in the body', '', { create: true }],
    ['in the query', '?create=true', {}],
  ])('where the caller says so %s, and is known then', async (_name, query, more) => {
    const id = query === '' ? 'new-one' : 'other-one'
    const path = `/api/traders/${id}/pause`
    const paused = await ask<Commanded>('POST', `${path}${query}`, { reason: 'not yet', ...more })
    expect(paused).toMatchObject({ status: 200, body: { event: { type: 'paused', trader: id, version: 1 } } })
    expect((await ask('POST', path, { reason: 'still not' })).status).toBe(200)
  })

  test('by its own limits, too', async () => {
    const limits = { max_daily_loss: 2, create: true }
    expect((await ask('PUT', '/api/limits/limited', limits)).status).toBe(200)
    expect((await ask('PUT', '/api/limits/limited2?create=false', { max_daily_loss: 2 })).status).toBe(404)
  })
})

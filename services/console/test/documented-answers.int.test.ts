import { eventually } from '@drawbridge/testing'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Documents } from './documents.ts'
import { Scene } from './scene.ts'
import { writtenHistory } from './written-history.ts'

let scene: Scene
let documents: Documents
let history: Awaited<ReturnType<typeof writtenHistory>>
beforeAll(async () => {
  history = await writtenHistory()
  scene = await Scene.open({}, { databaseUrl: history.url })
  documents = await Documents.of(scene)
  documents.compileAll()
  // Meanwhile the API could not answer, and takes itself for busy until it has looked again.
  const isAnswered = async () => (await scene.ask('GET', '/api/limits')).status === 200
  await eventually(isAnswered, { what: 'the API to answer again' })
}, 120_000)
afterAll(async () => {
  await scene.close()
  await history.drop()
})

async function expectAsDocumented(method: string, route: string, status: number, body?: object, query = '') {
  await documents.expectAnswer(method, route, status, body, query)
}

const HISTORY = ['equity', 'blocked', 'marks', 'days', 'drawdowns'].map((name) => `/api/history/traders/{id}/${name}`)
const READ = ['/api/feature_flags', '/api/limits', '/api/limits/{trader}', '/api/traders', '/api/health']
const OF_A_TRADER = ['/api/traders/{id}', '/api/traders/{id}/events', '/api/traders/{id}/explain/{version}']
const COMMANDS: readonly (readonly [method: string, route: string, body: object])[] = [
  ['POST', '/api/feature_flags', { enable_persistence: false }],
  ['PUT', '/api/limits', { loosen_after_minutes: 5, traders: { bot1: { max_daily_loss: 3 } } }],
  ['PUT', '/api/limits', { max_drawdown: 90, max_traders: 5 }],
  ['PUT', '/api/limits/{trader}', { max_drawdown: null, max_daily_loss: 2 }],
  ['POST', '/api/traders/{id}/pause', { reason: 'holiday' }],
  ['POST', '/api/traders/{id}/resume', { reason: 'back' }],
  ['POST', '/api/traders/{id}/cash-flow', { amount: '-5', reason: 'fees' }],
  ['POST', '/api/traders/{id}/correct', { limit: 'max_daily_loss', reference: 1000, reason: 'as the firm counts it' }],
  ['POST', '/api/traders/{id}/restart', { initial_balance: 1000, reason: 'phase 2' }],
]

describe('what /docs says of answers is what they are', () => {
  test.each(READ)('before the log says anything: %s', (route) => expectAsDocumented('GET', route, 200))
  test.each([...OF_A_TRADER, ...HISTORY])('of a trader that there is none of: %s', (route) =>
    expectAsDocumented('GET', route, 404),
  )
  test('of a command that nobody decides in time', async () => {
    await scene.restartApi({ decidedWithinMs: 100 })
    await expectAsDocumented('POST', '/api/traders/{id}/pause', 202, { reason: 'early' })
    await scene.restartApi()
  })

  test('of commands that are stored, and of all that there is to read then', async () => {
    await scene.startGuardian()
    await scene.tick('bot1', 1000)
    await scene.untilVersion('bot1', 2)
    for (const [method, route, body] of COMMANDS) await expectAsDocumented(method, route, 200, body)
    for (const route of [...READ, ...OF_A_TRADER]) await expectAsDocumented('GET', route, 200)
    expect((await scene.ask('GET', '/api/limits/bot1')).body).toMatchObject({
      version: 8,
      own: { max_daily_loss: '2' },
    })
  })

  test('of what a command would do', async () => {
    for (const [, route, body] of COMMANDS) {
      const kind = route.split('/').at(-1)
      if (route.startsWith('/api/traders/'))
        await expectAsDocumented('POST', `/api/traders/{id}/preview/${kind}`, 200, body)
    }
    await expectAsDocumented('POST', '/api/traders/{id}/preview/limits', 200, { max_drawdown: 2, reason: 'smaller' })
  })

  test('of what the history says', async () => {
    // The commands above have switched it off.
    await scene.ask('POST', '/api/feature_flags', { enable_persistence: true })
    await history.write()
    const isWritten = async () => {
      const { body } = await scene.ask<{ at?: number[] }>('GET', '/api/history/traders/bot1/equity')
      return (body.at?.length ?? 0) > 0
    }
    await eventually(isWritten, { what: 'the events to be in the history' })
    for (const route of HISTORY) await expectAsDocumented('GET', route, 200)
    await expectAsDocumented('GET', '/api/history/extent', 200)
    await expectAsDocumented('GET', '/api/history/traders', 200, undefined, '?at=2999-01-01T00:00:00Z')
    await expectAsDocumented('GET', '/api/history/traders', 400, undefined, '?at=yesterday')
  })

  test('of refusals', async () => {
    await expectAsDocumented('POST', '/api/traders/{id}/resume', 409, { reason: 'not paused' })
    for (const [method, route] of COMMANDS) await expectAsDocumented(method, route, 400, { nonsense: true })
    await expectAsDocumented('GET', '/api/traders', 400, undefined, '?limit=many')
    await expectAsDocumented('GET', '/api/events', 409, undefined, '?after=999999')
  })
})

test('every route says what it takes in its path, what it answers, and in valid schemas', () => {
  const operations = Object.entries(documents.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, path, operation] as const),
  )
  expect(operations.length).toBeGreaterThan(14)
  // Most routes answer faults alike, and to compile a schema takes long.
  const schemas = new Set<string>()
  for (const [name, path, { parameters = [], responses }] of operations) {
    const named = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => `{${parameter.name}}`)
    expect(named, name).toEqual(path.match(/\{\w+\}/g) ?? [])
    expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['200', '4XX', '5XX']))
    for (const { content = {} } of Object.values(responses)) {
      for (const { schema } of Object.values(content)) schemas.add(JSON.stringify(schema))
    }
  }
  for (const schema of schemas) new Ajv2020({ strict: true, strictTypes: false }).compile(JSON.parse(schema))
})

test('whoever listens is told that events come as they are stored', () => {
  expect(Object.keys(documents.paths['/api/events']?.get?.responses['200']?.content ?? {})).toEqual([
    'text/event-stream',
  ])
})

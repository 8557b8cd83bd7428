import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Commanded, Scene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open({}, { configured: ['bot7'] })
  await scene.startGuardian()
})
afterEach(() => scene.close())

interface Read {
  readonly version: number
  readonly defaults: { readonly max_daily_loss: string }
}

const put = (path: string, body: object | string, headers = {}) => scene.ask<Commanded>('PUT', path, body, headers)

describe('the limits of all', () => {
  test('change by what is named; the version is that of the input', async () => {
    const before = await scene.ask<Read>('GET', '/api/limits')
    const { status, body } = await put('/api/limits', {
      max_daily_loss: 5,
      traders: { bot2: { max_drawdown: null } },
      reason: 'smaller',
    })

    expect(status).toBe(200)
    expect(body.event).toMatchObject({
      type: 'limits',
      by: 'http',
      reason: 'smaller',
      inputSeq: body.input,
      previous: { defaults: { max_daily_loss: '10' }, traders: { bot2: { max_drawdown: '20' } } },
    })
    expect(body.previous).toMatchObject({ type: 'limits', defaults: { max_daily_loss: '10' } })
    const after = await scene.ask<Read>('GET', '/api/limits')
    expect(after.body).toMatchObject({
      version: body.input,
      by: 'http',
      defaults: { ...before.body.defaults, max_daily_loss: '5' },
      traders: { bot2: { max_drawdown: null } },
    })
    expect(after.body.version).toBeGreaterThan(before.body.version)
  })

  test('may be a ratio where a percentage is meant: the answer says so', async () => {
    const { status, body } = await put('/api/limits', { max_drawdown: 0.05 })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      event: { defaults: { max_drawdown: '0.05' } },
      warnings: ['max_drawdown is 0.05 percent; if a ratio was meant, write 5 for 5 percent'],
    })
    expect((await put('/api/limits', { max_drawdown: 5 })).body).not.toHaveProperty('warnings')
  })

  test('are judged by from then on', async () => {
    await scene.tick('bot1', 1000)
    await put('/api/limits', { max_daily_loss: 1 })
    await scene.tick('bot1', 990)
    await scene.untilVersion('bot1', 2)
    expect((await scene.ask('GET', '/api/traders/bot1')).body).toMatchObject({ event: { type: 'breach' } })
  })
})

describe('limits in the long form', () => {
  const weekly = { window: 'week', reference: { kind: 'start' }, limit: { amount: 100 } }

  test('are those of all traders, change by what is named, and end with null', async () => {
    expect((await put('/api/limits', { limits: { weekly } })).status).toBe(200)
    const { body } = await put('/api/limits', { limits: { weekly: { limit: { amount: 50 } } } })
    expect(body.event).toMatchObject({
      defaults: { limits: { weekly: { window: 'week', limit: { amount: '50' } } } },
      previous: { defaults: { limits: { weekly: { limit: { amount: '100' } } } } },
    })
    expect((await scene.ask('GET', '/api/limits')).body).toMatchObject({
      defaults: { on_end: 'keep', confirm_jump: null, limits: { weekly: { window: 'week' } } },
    })
    expect((await put('/api/limits', { limits: { weekly: null } })).body.event).toMatchObject({
      defaults: { limits: { weekly: null } },
    })
  })

  test('are judged by from then on, with a distance and an explanation of their own', async () => {
    await scene.tick('bot1', 1000)
    await put('/api/limits/bot1', {
      limits: { weekly: { ...weekly, tiers: [{ at_percent: 100, action: 'flatten' }] } },
    })
    await scene.tick('bot1', 895)
    await scene.untilVersion('bot1', 3)

    const { body } = await scene.ask('GET', '/api/traders/bot1')
    expect(body).toMatchObject({ event: { decision: { action: 'flatten' } } })
    expect((body as { distances: object[] }).distances.at(-1)).toMatchObject({
      rule: 'weekly',
      line: '900',
      room: '-5',
    })
    const { words } = (await scene.ask<{ words: string[] }>('GET', '/api/traders/bot1/explain/3')).body
    expect(words).toContainEqual(
      expect.stringMatching(/^weekly: equity 895 is 105 below the week's start 1000; the limit is 100/),
    )
    expect((await scene.ask('GET', '/api/traders')).body).toMatchObject({
      traders: [
        { id: 'bot1', status: 'paused', code: 'limit', action: 'flatten', budget: { room: expect.any(String) } },
      ],
    })
  })

  test('of a trader are refused where a parameter is missing', async () => {
    await scene.tick('bot1', 1000)
    expect(await put('/api/limits/bot1', { limits: { weekly: { window: 'week' } } })).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringMatching(/^limits\.weekly: reference is missing/) } },
    })
  })
})

describe('the limits of a trader', () => {
  test('stand over what is configured, and the event has what was before', async () => {
    await scene.tick('bot1', 1000)
    await put('/api/limits', { max_drawdown: 15, traders: { bot1: { stop_trading_minutes: 5 } } })
    const { status, body } = await put('/api/limits/bot1', { max_daily_loss: '2.5', reason: 'smaller' })

    expect(status).toBe(200)
    expect(body.event.facts).toEqual([
      {
        kind: 'limits-changed',
        limits: { max_daily_loss: '2.5' },
        previous: { max_daily_loss: '10' },
        reason: 'smaller',
        by: 'http',
      },
    ])
    expect((await scene.ask('GET', '/api/limits/bot1')).body).toMatchObject({
      trader: 'bot1',
      limits: { max_daily_loss: '2.5', max_drawdown: '15', stop_trading_minutes: 5 },
      own: { max_daily_loss: '2.5' },
      configured: { stop_trading_minutes: 5 },
    })
  })

  test('are known of one that never spoke', async () => {
    expect((await scene.ask('GET', '/api/limits/bot7')).body).toMatchObject({
      limits: { max_daily_loss: '10' },
      own: {},
      configured: {},
    })
  })
})

describe.each([
  ['of all', '/api/limits'],
  ['of a trader', '/api/limits/bot1'],
])('a change of the limits %s that says what it means to change', (_name, path) => {
  const tag = async () => (await scene.ask('GET', path)).headers.get('etag') ?? ''

  test('is made where nothing came between, also after a change that was made before', async () => {
    expect((await put(path, { max_daily_loss: 5 }, { 'if-match': await tag() })).status).toBe(200)
    expect((await put(path, { max_daily_loss: 6 }, { 'if-match': await tag() })).status).toBe(200)
  })

  test('is refused where it was changed meanwhile', async () => {
    const seen = await tag()
    await put(path, { max_daily_loss: 5 })
    const inputs = await scene.inputCount()

    expect(await put(path, { max_daily_loss: 6 }, { 'if-match': seen })).toMatchObject({
      status: 412,
      body: { error: { code: 'changed-meanwhile' } },
    })
    expect(await scene.inputCount()).toBe(inputs)
  })

  test('is made by one alone of several that saw the same', async () => {
    const seen = await tag()
    const answers = await Promise.all(
      [1, 2, 3, 4].map((percent) => put(path, { max_drawdown: percent }, { 'if-match': seen })),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status !== 200 && status !== 412 && status !== 409)).toEqual([])
  })
})

test.each([
  ['nothing', {}, 'names no limit to change'],
  ['a percentage above 100', { max_daily_loss: 101 }, 'max_daily_loss must be above 0 and at most 100, got 101'],
  ['a misspelt limit', { max_dayly_loss: 1 }, /did you mean "max_daily_loss"\?/],
  [
    'a percentage that JSON would round',
    '{"max_daily_loss": 5.00000000000000001}',
    'max_daily_loss has 18 significant digits: a JSON number may have 15, send it as a string',
  ],
  [
    'several faults, which are all told',
    { max_dayly_loss: 1, max_drawdown: 101, limits: { weekly: { windw: 'day' } } },
    'unknown field "max_dayly_loss", did you mean "max_daily_loss"?; max_drawdown must be above 0 and at most 100, got 101; ' +
      'limits.weekly: unknown field "windw", did you mean "window"?',
  ],
  [
    'both forms',
    {
      max_drawdown: 5,
      limits: { max_drawdown: { window: 'day', reference: { kind: 'start' }, limit: { amount: 5 } } },
    },
    'max_drawdown is written twice, as a percentage and in "limits": remove one of them',
  ],
  ['a zone that is none', { reset_time_zone: 'Mars' }, /^reset_time_zone must be an IANA time zone/],
])('limits of %s are refused and reach no log', async (_name, body, message) => {
  const before = await scene.inputCount()
  for (const path of ['/api/limits', '/api/limits/bot1']) {
    expect(await put(path, body)).toMatchObject({
      status: 400,
      body: { error: { message: typeof message === 'string' ? message : expect.stringMatching(message) } },
    })
  }
  expect(await scene.inputCount()).toBe(before)
})

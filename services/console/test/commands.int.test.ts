import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Commanded, Scene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

const pause = (trader: string, body: object, headers = {}) =>
  scene.ask<Commanded>('POST', `/api/traders/${trader}/pause`, body, headers)
const resume = (trader: string, body: object) => scene.ask<Commanded>('POST', `/api/traders/${trader}/resume`, body)
const cashFlow = (trader: string, body: object) =>
  scene.ask<Commanded>('POST', `/api/traders/${trader}/cash-flow`, body)

describe('with a guardian', () => {
  beforeEach(() => scene.startGuardian())

  test('a trader is paused and resumed, and each answer is the event that is stored', async () => {
    const paused = await pause('bot1', { reason: 'holiday' })
    expect(paused).toMatchObject({
      status: 200,
      body: {
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        event: { type: 'paused', trader: 'bot1', version: 1, decision: { status: 'paused', until: null } },
      },
    })
    expect(paused.body.event.facts).toEqual([{ kind: 'paused', until: null, reason: 'holiday', by: 'http' }])

    const resumed = await resume('bot1', { reason: 'back' })
    expect(resumed).toMatchObject({ status: 200, body: { event: { type: 'resumed', version: 2 } } })
    expect(resumed.body.seq).toBeGreaterThan(paused.body.seq)
  })

  test('a pause may end by itself', async () => {
    const until = '2999-01-01T00:00:00.000Z'
    expect((await pause('bot1', { reason: 'holiday', until })).body.event).toMatchObject({ decision: { until } })
  })

  test('a deposit moves equity, peak and baseline, and is no gain', async () => {
    await scene.tick('bot1', 1000)
    const { body } = await cashFlow('bot1', { amount: '500.50', reason: 'deposit' })
    expect(body.event).toMatchObject({
      type: 'cash-flow',
      dailyPnl: '0',
      state: { equity: '1500.5', peakEquity: '1500.5', dayEquity: '1500.5' },
    })
  })

  test.each([
    ['resume of a trader that is not paused', () => resume('bot1', { reason: 'back' }), 'the trader is not paused'],
    [
      'cash flow of a trader without equity',
      () => cashFlow('bot1', { amount: 1 }),
      'the trader has not reported any equity yet',
    ],
    [
      'pause that has ended already',
      () => pause('bot1', { reason: 'x', until: '2001-01-01T00:00:00Z' }),
      /^until 2001-01-01T00:00:00.000Z is not after the trader's time/,
    ],
  ])('a %s is refused with the reason', async (_name, command, message) => {
    expect(await command()).toMatchObject({
      status: 409,
      body: {
        error: { code: 'refused', message: typeof message === 'string' ? message : expect.stringMatching(message) },
      },
    })
  })

  test('a command that is sent again under the same key is one input, and has the same answer', async () => {
    const key = { 'idempotency-key': 'retry-1' }
    const first = await pause('bot1', { reason: 'holiday' }, key)
    await resume('bot1', { reason: 'back' })
    const inputs = await scene.inputCount()

    const again = await pause('bot1', { reason: 'holiday' }, key)

    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
    expect(await scene.inputCount()).toBe(inputs)
    expect((await pause('bot1', { reason: 'another' }, key)).body.input).toBe(inputs + 1)
  })

  test('a command that was refused is refused again under the same key', async () => {
    const ask = () =>
      scene.ask('POST', '/api/traders/bot1/resume', { reason: 'back' }, { 'idempotency-key': 'retry-2' })
    const first = await ask()
    const inputs = await scene.inputCount()

    expect(await ask()).toMatchObject({ status: 409, body: first.body as object })
    expect(await scene.inputCount()).toBe(inputs)
  })

  test('commands on many traders at once have each its own answer', async () => {
    const traders = Array.from({ length: 50 }, (_, index) => `bot${index}`)
    const answers = await Promise.all(traders.map((trader) => pause(trader, { reason: `why ${trader}` })))
    expect(answers.map(({ status, body }) => [status, body.event.trader])).toEqual(
      traders.map((trader) => [200, trader]),
    )
  })
})

test('without a guardian a command is taken, and answered with its input', async () => {
  await scene.restartApi({ decidedWithinMs: 100 })
  const { status, body } = await pause('bot1', { reason: 'holiday' })

  expect(status).toBe(202)
  expect(body).toEqual({ input: await scene.inputCount(), seq: null, traceId: expect.any(String), event: null })

  await scene.startGuardian()
  await scene.untilVersion('bot1', 1)
  expect((await scene.ask('GET', '/api/traders/bot1')).body).toMatchObject({ event: { inputSeq: body.input } })
})

test.each([
  ['pause without a reason', '/api/traders/bot1/pause', {}, /^reason is missing/],
  ['resume without a reason', '/api/traders/bot1/resume', {}, /^reason is missing/],
  ['pause until some day', '/api/traders/bot1/pause', { reason: 'x', until: 'soon' }, /^until must be a time/],
  ['cash flow of nothing', '/api/traders/bot1/cash-flow', { amount: 0 }, /^amount must not be 0/],
  ['cash flow of words', '/api/traders/bot1/cash-flow', { amount: 'much' }, /^amount must be a decimal/],
  [
    'cash flow that JSON would round',
    '/api/traders/bot1/cash-flow',
    '{"amount": 1000.00000000000000001}',
    /^amount has 21 significant digits: a JSON number may have 15, send it as a string$/,
  ],
  ['pause of a name that is none', '/api/traders/bot.1/pause', { reason: 'x' }, /^trader id "bot.1" must be/],
  ['pause of a reserved name', '/api/traders/limits/pause', { reason: 'x' }, /is reserved for configuration/],
])('a %s is refused and reaches no log', async (_name, path, body, message) => {
  const before = await scene.inputCount()

  expect(await scene.ask('POST', path, body)).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(message) } },
  })
  expect(await scene.inputCount()).toBe(before)
})

test('a key that is none is refused', async () => {
  expect(await pause('bot1', { reason: 'x' }, { 'idempotency-key': 'a b' })).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid-key' } },
  })
})

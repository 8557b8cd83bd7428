import { subjects, toJsonBytes } from '@drawbridge/contracts'
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

  test('a limit that is still broken is resumed only with a rebase, and the refusal says so', async () => {
    await scene.tick('bot1', 1000)
    await scene.tick('bot1', 850)
    await scene.untilVersion('bot1', 2)

    expect(await resume('bot1', { reason: 'checked' })).toMatchObject({
      status: 409,
      body: { error: { message: 'operator:http holds nothing; name a holder: limit:max_daily_loss' } },
    })
    expect(await resume('bot1', { reason: 'checked', holder: 'limit:max_daily_loss' })).toMatchObject({
      status: 409,
      body: { error: { code: 'refused', message: expect.stringContaining('still broken; "rebase": true') } },
    })
    const forgiven = await resume('bot1', { reason: 'checked', holder: 'max_daily_loss', rebase: true })
    expect(forgiven.status).toBe(200)
    expect(forgiven.body.event.facts).toMatchObject([
      { kind: 'resumed', cause: 'operator', holders: ['limit:max_daily_loss'], by: 'http' },
      { kind: 'rebased', rule: 'max_daily_loss', from: '1000', to: '850' },
    ])
  })

  test('a cash flow that is sent again under the same key, also much later, counts once', async () => {
    await scene.tick('bot1', 1000)
    const key = { 'idempotency-key': 'deposit-1' }
    const send = (more: object) =>
      scene.ask<Commanded>('POST', '/api/traders/bot1/cash-flow', { amount: 100, ...more }, key)
    expect((await send({})).body.event).toMatchObject({ state: { equity: '1100' } })

    // Another body is another input; the id of the flow is the same.
    await send({ reason: 'deposit' })
    await scene.tick('bot1', 1100)
    await scene.untilVersion('bot1', 3)
    expect((await scene.ask('GET', '/api/traders/bot1')).body).toMatchObject({ event: { state: { equity: '1100' } } })
  })

  test('an account starts again by a restart, and a limit is measured from what a correction says', async () => {
    await scene.tick('bot1', 1000)
    const post = (kind: string, body: object) => scene.ask<Commanded>('POST', `/api/traders/bot1/${kind}`, body)
    const corrected = await post('correct', { limit: 'max_drawdown', reference: 1100, reason: 'as the firm counts it' })
    expect(corrected).toMatchObject({ status: 200, body: { event: { type: 'corrected' } } })
    expect((await scene.ask('GET', '/api/traders/bot1')).body).toMatchObject({
      distances: [{ rule: 'max_daily_loss' }, { rule: 'max_drawdown', from: '1100', line: '880' }],
      report: { consistency: null, minDays: null, profitTarget: null },
    })
    const restarted = await post('restart', { reason: 'phase 2', initial_balance: 1000 })
    expect(restarted).toMatchObject({
      status: 200,
      body: { event: { type: 'restarted', decision: { status: 'blocked', code: 'no-reading' } } },
    })
  })

  test("a resume ends the caller's own hold, and leaves those of others", async () => {
    await scene.tick('bot1', 1000)
    await pause('bot1', { reason: 'holiday' })
    await scene.publish(subjects.control('pause', 'bot1'), toJsonBytes({ reason: 'mine', by: 'alice' }))
    await scene.untilVersion('bot1', 3)

    const { body } = await resume('bot1', { reason: 'back' })

    expect(body.event).toMatchObject({
      facts: [{ kind: 'resumed', holders: ['operator:http'] }],
      decision: { status: 'paused', reason: 'operator: mine', code: 'operator' },
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
    const answers = await Promise.all(traders.map((trader) => pause(trader, { reason: `why ${trader}`, create: true })))
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

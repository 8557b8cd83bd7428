import type { Logged } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Scene } from './scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await Scene.open()
  await scene.startGuardian()
  for (const trader of ['bot3', 'bot1', 'bot2']) await scene.tick(trader, 1000)
  for (let equity = 999; equity > 989; equity -= 1) await scene.tick('bot1', equity)
  await scene.tick('bot2', 850)
  await scene.untilVersion('bot1', 11)
  await scene.untilVersion('bot2', 2)
})
afterAll(() => scene.close())

const get = async <Body>(path: string) => (await scene.ask<Body>('GET', path)).body

describe('the fleet', () => {
  test('has every trader in short, by its id', async () => {
    expect(await get('/api/traders')).toMatchObject({
      total: 3,
      next: null,
      traders: [
        {
          id: 'bot1',
          version: 11,
          status: 'allowed',
          code: 'ok',
          budget: { room: '90', limit: 'max_daily_loss', factor: '1' },
          roomPct: '90',
          equity: '990',
          dailyPnl: '-10',
          drawdownPct: '1',
        },
        {
          id: 'bot2',
          version: 2,
          type: 'breach',
          status: 'paused',
          code: 'limit',
          action: 'block-entries',
          reason: expect.stringContaining('15 %'),
        },
        { id: 'bot3', version: 1, type: 'assessed' },
      ],
    })
  })

  test('comes in pages, and by status', async () => {
    expect(await get('/api/traders?limit=2')).toMatchObject({ total: 3, next: 'bot2', traders: [{ id: 'bot1' }, {}] })
    expect(await get('/api/traders?limit=2&after=bot2')).toMatchObject({ next: null, traders: [{ id: 'bot3' }] })
    expect(await get('/api/traders?status=paused')).toMatchObject({ total: 1, traders: [{ id: 'bot2' }] })
  })

  test.each(['limit=0', 'limit=1001', 'limit=all', 'status=rich', 'after=%2e'])(
    'is not asked for by %s',
    async (query) => {
      expect(await scene.ask('GET', `/api/traders?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid-query' } },
      })
    },
  )
})

test('a trader has its state, the limits in force, and how far it is from each', async () => {
  expect(await get('/api/traders/bot1')).toMatchObject({
    id: 'bot1',
    event: { version: 11, decision: { status: 'allowed' }, state: { equity: '990', peakEquity: '1000' } },
    limits: { max_daily_loss: '10', max_drawdown: '20' },
    distances: [
      { rule: 'max_daily_loss', limitPct: '10', observedPct: '1', breaksAt: '900', room: '90' },
      { rule: 'max_drawdown', limitPct: '20', observedPct: '1', breaksAt: '800', room: '190' },
    ],
  })
})

test.each(['', '/events', '/explain/1'])('a trader without an event is not found: %s', async (path) => {
  expect(await scene.ask('GET', `/api/traders/nobody${path}`)).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown-trader' } },
  })
})

describe('the events of a trader', () => {
  const versions = async (query: string) =>
    (await get<{ events: readonly Logged[] }>(`/api/traders/bot1/events${query}`)).events.map(
      ({ event }) => event.version,
    )

  test.each([
    ['', [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['?limit=3', [11, 10, 9]],
    ['?limit=3&before=9', [8, 7, 6]],
    ['?limit=3&before=2', [1]],
    ['?before=1', []],
    ['?from=1&limit=2', [1, 2]],
    ['?from=10', [10, 11]],
    ['?from=12', []],
    ['?from=5&before=7', [5, 6]],
  ])('by "%s"', async (query, expected) => {
    expect(await versions(query)).toEqual(expected)
  })
})

describe('an explanation', () => {
  test('goes from the decision to its input, the limits then, and the arithmetic', async () => {
    await scene.ask('PUT', '/api/limits', { max_daily_loss: 50 })

    expect(await get('/api/traders/bot2/explain/2')).toMatchObject({
      trader: 'bot2',
      version: 2,
      input: { subject: 'equity.tick.bot2', payload: '{"equity":850}' },
      limits: { max_daily_loss: '10' },
      enforcement: true,
      words: [
        expect.stringMatching(
          /^max_daily_loss: equity 850 is 150 below the day's start 1000; 150 \/ 1000 = 15 %; the limit is 10 %, its floor 900: breached, paused until /,
        ),
        'max_drawdown: equity 850 is 150 below the peak 1000; 150 / 1000 = 15 %; the limit is 20 %, its floor 800: kept, 50 more may be lost until it breaks.',
        expect.stringMatching(/^The trader is paused until .*: max_daily_loss: 15 % reached the limit of 10 %\.$/),
      ],
    })
  })

  test('says which limits were in force before a trader had its own changed', async () => {
    await scene.ask('PUT', '/api/limits/bot3', { max_drawdown: 7, reason: 'careful' })
    const { words } = await get<{ words: readonly string[] }>('/api/traders/bot3/explain/2')
    expect(words[0]).toBe('http changed the trader\'s limits: max_drawdown from 20 to 7, because of "careful".')
  })

  test('is there of an input that is not kept any more', async () => {
    await scene.forgetInputs()
    expect(await get('/api/traders/bot2/explain/2')).toMatchObject({ input: null, event: { version: 2 } })
  })

  test.each(['3', '99'])('is not there of an event that is not there: %s', async (version) => {
    expect(await scene.ask('GET', `/api/traders/bot2/explain/${version}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown-version' } },
    })
  })
})

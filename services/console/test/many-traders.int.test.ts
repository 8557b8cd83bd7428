import { eventually } from '@drawbridge/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Scene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

interface Outcome {
  readonly trader: string
  readonly outcome: string
  readonly input: number | null
  readonly status: string | null
  readonly holders: readonly string[]
  readonly reason: string | null
}
interface Many {
  readonly later: boolean
  readonly input: number | null
  readonly event: Readonly<Record<string, unknown>> | null
  readonly counts: Readonly<Record<string, number>>
  readonly traders: readonly Outcome[]
  readonly error?: { readonly code: string; readonly message: string }
}

const pause = (body: object, headers = {}) => scene.ask<Many>('POST', '/api/traders/pause', body, headers)
const resume = (body: object, headers = {}) => scene.ask<Many>('POST', '/api/traders/resume', body, headers)
const outcomes = ({ body }: { readonly body: Many }) =>
  body.traders.map(({ trader, outcome, status }) => `${trader}: ${outcome}, ${status}`)
const statusOf = async (id: string) =>
  (await scene.ask<{ event: { decision: object } }>('GET', `/api/traders/${id}`)).body.event.decision

describe('with a guardian', () => {
  beforeEach(async () => {
    await scene.startGuardian()
    for (const trader of ['desk-1', 'desk-2', 'swing-1']) await scene.tick(trader, 1000)
    for (const trader of ['desk-1', 'desk-2', 'swing-1']) await scene.untilVersion(trader, 1)
  })

  test('those of a prefix are paused and resumed, each with its outcome', async () => {
    const paused = await pause({ prefix: 'desk-', reason: 'news' })
    expect(paused).toMatchObject({ status: 200, body: { later: false, input: null, counts: { stored: 2 } } })
    expect(outcomes(paused)).toEqual(['desk-1: stored, paused', 'desk-2: stored, paused'])
    expect(paused.body.traders.map(({ holders }) => holders)).toEqual([['operator:http'], ['operator:http']])
    expect(await statusOf('swing-1')).toMatchObject({ status: 'allowed' })

    const resumed = await resume({ prefix: 'desk-', reason: 'over' })
    expect(resumed.status).toBe(200)
    expect(outcomes(resumed)).toEqual(['desk-1: stored, allowed', 'desk-2: stored, allowed'])
  })

  test('of a list, the one for which it cannot be done is told, and does not stop the others', async () => {
    await pause({ traders: ['desk-1', 'bot1'], reason: 'first' })

    const resumed = await resume({ traders: ['desk-1', 'desk-2', 'desk-3', 'bot1', 'desk-1'], reason: 'over' })

    expect(resumed.status).toBe(207)
    expect(resumed.body.counts).toEqual({ stored: 2, undecided: 0, refused: 1, unknown: 1, failed: 0 })
    expect(resumed.body.traders).toMatchObject([
      { trader: 'desk-2', outcome: 'refused', reason: expect.any(String) },
      { trader: 'desk-3', outcome: 'unknown', reason: expect.stringContaining('did you mean "desk-1"?') },
      { trader: 'desk-1', outcome: 'stored', status: 'allowed' },
      { trader: 'bot1', outcome: 'stored' },
    ])
    expect((await pause({ traders: ['desk-3'], reason: 'not yet', create: true })).status).toBe(200)
  })

  test('under a key, a repetition is the same inputs', async () => {
    const key = { 'idempotency-key': 'many-1' }
    const first = await pause({ traders: ['desk-1', 'desk-2'], reason: 'news' }, key)
    const all = await pause({ all: true, reason: 'storm' }, key)
    const inputs = await scene.inputCount()

    expect((await pause({ traders: ['desk-1', 'desk-2'], reason: 'news' }, key)).body.traders).toEqual(
      first.body.traders,
    )
    expect((await pause({ all: true, reason: 'storm' }, key)).body).toEqual(all.body)
    expect(await scene.inputCount()).toBe(inputs)
  })

  test('all are paused, those that come later with their first report, until all are resumed', async () => {
    const until = '2999-01-01T00:00:00.000Z'
    const paused = await pause({ all: true, reason: 'storm', until, onBehalfOf: 'desk' })
    expect(paused).toMatchObject({
      status: 200,
      body: {
        later: true,
        input: expect.any(Number),
        event: { type: 'flags', pause_all: { until, reason: 'storm', by: 'http', onBehalfOf: 'desk' } },
        counts: { stored: 3, undecided: 0 },
      },
    })
    expect(outcomes(paused)).toEqual(['desk-1: stored, paused', 'desk-2: stored, paused', 'swing-1: stored, paused'])

    await scene.tick('late', 1000)
    await scene.untilVersion('late', 1)
    expect(await statusOf('late')).toMatchObject({ status: 'paused', reason: 'operator: storm', until })
    expect((await scene.ask('GET', '/api/feature_flags')).body).toMatchObject({ pause_all: { reason: 'storm' } })

    const one = await scene.ask<Many>('POST', '/api/traders/late/resume', { reason: 'x', holder: 'operator:*' })
    expect(one).toMatchObject({ status: 409 })

    await scene.ask('POST', '/api/traders/desk-1/pause', { reason: 'its own' })
    const resumed = await resume({ all: true, reason: 'over' })
    expect(resumed).toMatchObject({ status: 200, body: { later: false, counts: { stored: 4 } } })
    expect(outcomes(resumed).sort()).toEqual([
      'desk-1: stored, paused',
      'desk-2: stored, allowed',
      'late: stored, allowed',
      'swing-1: stored, allowed',
    ])
    expect(resumed.body.traders.find(({ trader }) => trader === 'desk-1')?.holders).toEqual(['operator:http'])
    expect((await scene.ask('GET', '/api/feature_flags')).body).not.toHaveProperty('pause_all')
    expect(await resume({ all: true, reason: 'again' })).toMatchObject({
      status: 409,
      body: { error: { code: 'refused' } },
    })
  })

  test('a guardian that starts meanwhile goes on with the pause of all', async () => {
    await pause({ all: true, reason: 'storm' })
    await scene.stopGuardians()
    await scene.startGuardian()

    await scene.tick('late', 1000)
    await scene.untilVersion('late', 1)
    expect(await statusOf('late')).toMatchObject({ status: 'paused', reason: 'operator: storm' })
    const resumed = await resume({ all: true, reason: 'over' })
    expect(resumed.body.counts).toMatchObject({ stored: 4, undecided: 0 })
  })
})

test('without a guardian each command is taken, and told as not decided', async () => {
  await scene.restartApi({ decidedWithinMs: 100 })
  const named = await pause({ traders: ['bot1', 'bot2'], reason: 'news' })
  expect(named).toMatchObject({ status: 207, body: { counts: { stored: 0, undecided: 2 } } })
  expect(named.body.traders[0]).toMatchObject({ outcome: 'undecided', input: expect.any(Number) })
  expect(await pause({ all: true, reason: 'storm' })).toMatchObject({ status: 207, body: { later: true, event: null } })
})

test.each([
  ['nobody', { reason: 'x' }, /^name the traders by one of/],
  ['two kinds', { reason: 'x', all: true, prefix: 'desk-' }, /^all and prefix are both given/],
  ['not all', { reason: 'x', all: false }, /^all must be true/],
  ['an empty prefix', { reason: 'x', prefix: '' }, /^prefix must be the first letters/],
  ['a prefix with a star', { reason: 'x', prefix: 'desk-*' }, /^prefix must be/],
  ['an empty list', { reason: 'x', traders: [] }, /^traders must be a list of 1 to 1000/],
  ['too long a list', { reason: 'x', traders: Array.from({ length: 1_001 }, (_, i) => `b${i}`) }, /^traders must be/],
  ['an id that is none', { reason: 'x', traders: ['bot.1'] }, /^trader id "bot.1" must be/],
  ['no reason', { traders: ['bot1'] }, /^reason is missing/],
  ['no reason for all', { all: true }, /^reason is missing/],
  ['a firm pause of all', { all: true, reason: 'x', firm: true }, /^firm is for named traders/],
  ['an end that is none', { all: true, reason: 'x', until: 'soon' }, /until must be a time/],
])('a pause that names %s is refused, and nothing is stored', async (_name, body, words) => {
  const { status, body: answer } = await pause(body)
  expect(status).toBe(400)
  expect(answer.error?.message).toMatch(words)
  expect(await scene.inputCount()).toBe(2)
})

test('a prefix of no trader is refused', async () => {
  const isRead = async () => (await scene.ask('GET', '/api/traders')).status === 200
  await eventually(isRead, { what: 'the risk log to be read' })
  expect(await pause({ prefix: 'desx-', reason: 'x' })).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown-trader', message: expect.stringContaining('begins with "desx-"') } },
  })
})

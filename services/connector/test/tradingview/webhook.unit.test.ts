import { EXIT, type Verdict } from '@drawbridge/client'
import { deferred } from '@drawbridge/nats'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tradingview } from '../../src/adapters/tradingview/tradingview.ts'
import { Webhook } from '../../src/adapters/tradingview/webhook.ts'
import { HttpCalls } from '../../src/outbound/http-calls.ts'
import { Pace } from '../../src/outbound/pace.ts'
import type { Failure } from '../../src/port.ts'
import { type Answer, FakeServer } from '../fake-server.ts'
import { openAlone } from '../open-alone.ts'

const SECRET = 'a-secret-of-some-length-1'
const BLOCKED: Verdict = { ...EXIT, allowed: false, code: 'limit', reason: 'max_daily_loss is broken' }
const ENTRY = { id: 'a1', symbol: 'BTC', after: 'long' }
const CLOSE = { id: 'a2', symbol: 'BTC', after: 'flat' }

let broker: FakeServer
let verdict: Verdict
beforeEach(async () => {
  broker = await FakeServer.open()
  broker.on('POST /orders', {})
  verdict = EXIT
})
afterEach(() => broker.close())

const settings = (more: object = {}) => ({
  forward_url: `${broker.url}/orders`,
  id_at: '/id',
  exit_at: '/after',
  exit_values: ['flat'],
  ...more,
})
/** The webhook, as TradingView sees it. */
function webhookOf(more: object = {}, forwarded: (failure: Failure | null) => void = () => undefined) {
  const secrets = { secret: SECRET, forward_token: 'broker-token' }
  const { receive } = openAlone(tradingview, settings(more), secrets, () => verdict, forwarded)
  return (alert: object | string, path = SECRET) =>
    receive?.({ path, body: typeof alert === 'string' ? alert : JSON.stringify(alert), headers: {} })
}
const orders = () => broker.askedFor('POST /orders').map(({ body }) => JSON.parse(body))

test('an entry is sent on as it is while entries are allowed, with the token of the receiver', async () => {
  expect(await webhookOf()(ENTRY)).toEqual({
    status: 200,
    body: { forwarded: true, intent: 'entry', code: 'ok', reason: null },
  })
  expect(orders()).toEqual([ENTRY])
  expect(broker.asked[0]?.headers).toMatchObject({
    authorization: 'Bearer broker-token',
    'content-type': 'application/json',
  })
})

test('an entry during a pause is not sent on and told why, and an exit is sent on', async () => {
  verdict = BLOCKED
  const send = webhookOf()

  expect(await send(ENTRY)).toMatchObject({
    status: 200,
    body: { forwarded: false, intent: 'entry', code: 'limit', reason: 'max_daily_loss is broken' },
  })
  expect(await send(CLOSE)).toMatchObject({ status: 200, body: { forwarded: true, intent: 'exit' } })
  expect(orders()).toEqual([CLOSE])
})

test('an alert is sent on once, however often it comes', async () => {
  const send = webhookOf()
  const answers = await Promise.all([send(ENTRY), send(ENTRY), send({ ...ENTRY, symbol: 'ETH' })])

  expect(answers.map((one) => JSON.parse(JSON.stringify(one)).body.code).sort()).toEqual(['ok', 'repeated', 'repeated'])
  expect(orders()).toHaveLength(1)
})

test('numbers with more digits than a double holds are told apart, and sent on as they came', async () => {
  const send = webhookOf()
  const entry = '{"id":12345678901234567890,"after":"long","quantity":0.1234567890123456789}'
  const exit = '{"id":12345678901234567891,"after":"flat","quantity":1e400,"price":1.50}'
  const answers = [await send(entry), await send(exit), await send(exit)]

  expect(answers.map((one) => JSON.parse(JSON.stringify(one)).body.code)).toEqual(['ok', 'ok', 'repeated'])
  expect(broker.askedFor('POST /orders').map(({ body }) => body)).toEqual([entry, exit])
})

test('what the receiver reads is what was judged, also where a name stands twice', async () => {
  verdict = BLOCKED
  await webhookOf()('{"id":"a1","after":"long","after":"flat"}')
  expect(broker.askedFor('POST /orders').map(({ body }) => body)).toEqual(['{"id":"a1","after":"flat"}'])
})

test('an entry that was blocked may come again with its id when the pause is over', async () => {
  const send = webhookOf()
  verdict = BLOCKED
  await send(ENTRY)
  verdict = EXIT
  expect(await send(ENTRY)).toMatchObject({ body: { forwarded: true } })
})

test.each([
  ['another secret', `${SECRET}x`],
  ['none', ''],
  ['a part of it', SECRET.slice(0, -1)],
  ['a path below it', `${SECRET}/more`],
])('%s is answered as if nothing were there', async (_what, path) => {
  expect(await webhookOf()(CLOSE, path)).toMatchObject({ status: 404 })
  expect(orders()).toEqual([])
})

test('what is no order, and what is too long, is told', async () => {
  const send = webhookOf()
  expect(await send('BTC crossed 50000')).toMatchObject({ status: 400, body: { code: 'not-an-order' } })
  expect(await send(JSON.stringify({ id: 'x'.repeat(30_000) }))).toMatchObject({ status: 413 })
  expect(orders()).toEqual([])
})

test('the receiver gets the order that was judged, where the alert has a key twice', async () => {
  verdict = BLOCKED
  await webhookOf()('{"id": "a3", "after": "long", "after": "flat"}')
  expect(broker.askedFor('POST /orders')[0]?.body).toBe('{"id":"a3","after":"flat"}')
})

test('an order that certainly was not sent may come again, and one whose fate is unknown may not', async () => {
  const send = webhookOf()
  broker.on('POST /orders', { status: 500, body: { error: 'half done' } })
  expect(await send(ENTRY)).toMatchObject({ status: 424, body: { forwarded: false, code: 'not-forwarded' } })
  expect(await send(ENTRY)).toMatchObject({ body: { code: 'repeated' } })

  await broker.close()
  const gone = { status: 503, body: { reason: expect.stringContaining('nothing listens at its address') } }
  expect(await send(CLOSE)).toMatchObject(gone)
  expect(await send(CLOSE)).toMatchObject(gone)
  broker = await FakeServer.open()
})

test.each([
  [
    'that refuses it',
    { status: 400, body: { error: 'no margin' } },
    'an exit (alert "a2") was refused: it answers 400',
  ],
  ['that fails', { status: 503 }, 'an exit (alert "a2") was sent on, and nobody knows whether it was placed'],
])('an order at a broker %s is a failure for operators, and one that arrives ends it', async (_how, answer, told) => {
  const failures: (Failure | null)[] = []
  const send = webhookOf({}, (failure) => failures.push(failure))
  broker.on('POST /orders', answer)
  await send(CLOSE)
  broker.on('POST /orders', {})
  await send({ ...CLOSE, id: 'a3' })
  expect(failures).toEqual([expect.objectContaining({ reason: expect.stringContaining(told) }), null])
})

test('an order to a broker that is away is told as one that was not sent on', async () => {
  const told = deferred<Failure | null>()
  const send = webhookOf({}, told.resolve)
  await broker.close()
  await send(CLOSE)
  expect((await told.promise)?.reason).toMatch(/^an exit \(alert "a2"\) was not sent on: nothing listens/)
  broker = await FakeServer.open()
})

test('an order that fails after TradingView has hung up is told, too', async () => {
  const held = deferred<Answer>()
  broker.on('POST /orders', () => held.promise)
  const told = deferred<Failure | null>()
  const pace = new Pace({ read: { calls: 60_000, perMs: 60_000 }, control: { calls: 60_000, perMs: 60_000 } })
  const surroundings = { http: new HttpCalls(pace), verdict: () => verdict, dryRun: false, forwarded: told.resolve }
  const webhook = new Webhook(settings(), surroundings, { secret: SECRET, token: null }, 1)
  const answer = await webhook.receive({ path: SECRET, body: JSON.stringify(CLOSE), headers: {} })
  held.resolve({ status: 500 })

  expect(answer.status).toBe(202)
  expect(await told.promise).toMatchObject({ kind: 'temporary', reason: expect.stringContaining('an exit') })
})

test('a receiver that is slow does not make TradingView hang up, and the order is on its way', async () => {
  const held = deferred<Answer>()
  broker.on('POST /orders', () => held.promise)
  const pace = new Pace({ read: { calls: 60_000, perMs: 60_000 }, control: { calls: 60_000, perMs: 60_000 } })
  const surroundings = { http: new HttpCalls(pace), verdict: () => verdict, dryRun: false, forwarded: () => undefined }
  const webhook = new Webhook(settings(), surroundings, { secret: SECRET, token: null }, 1)
  const answer = await webhook.receive({ path: SECRET, body: JSON.stringify(CLOSE), headers: {} })
  held.resolve({})

  expect(answer).toMatchObject({ status: 202, body: { forwarded: true, code: 'no-answer-yet' } })
})

test('a dry run sends nothing on', async () => {
  const pace = new Pace({ read: { calls: 60, perMs: 60_000 }, control: { calls: 60, perMs: 60_000 } })
  const surroundings = { http: new HttpCalls(pace), verdict: () => verdict, dryRun: true, forwarded: () => undefined }
  const webhook = new Webhook(settings(), surroundings, { secret: SECRET, token: null })
  const answer = await webhook.receive({ path: SECRET, body: JSON.stringify(CLOSE), headers: {} })

  expect(answer).toMatchObject({ status: 200, body: { forwarded: false, code: 'dry-run' } })
  expect(orders()).toEqual([])
})

test.each(['short', 'with a space in it, which is no part of an address'])('the secret "%s" is refused', (secret) => {
  expect(() => openAlone(tradingview, settings(), { secret })).toThrow('must be 20 to 100 of A-Z')
})

test('TradingView is never asked for an equity, and the way to report one is told', async () => {
  const account = openAlone(tradingview, settings(), { secret: SECRET })
  const signal = new AbortController().signal
  expect(await account.readEquity(signal)).toMatchObject({
    kind: 'unusable',
    reason: expect.stringContaining('set "reads": false'),
  })
  const examination = await account.examine?.(signal)
  expect(JSON.stringify(examination)).not.toContain(SECRET)
})

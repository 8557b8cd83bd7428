import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FlattenAnswer } from '../../src/port.ts'
import { ExchangeScene } from './exchange-scene.ts'
import { FAKES } from './fake-exchanges.ts'

const WITHIN_MS = 60_000
const position = (symbol: string, positionAmt: unknown, positionSide = 'BOTH') => ({
  symbol,
  positionAmt,
  positionSide,
})

let scene: ExchangeScene

/** What is open there. */
const there = (positions: readonly object[], orders: readonly object[] = [], conditional: readonly object[] = []) => {
  scene.fake.on('GET /fapi/v3/positionRisk', { body: positions })
  scene.fake.on('GET /fapi/v1/openOrders', { body: orders })
  scene.fake.on('GET /fapi/v1/openAlgoOrders', { body: conditional })
}
const flatten = (): Promise<FlattenAnswer> => {
  const call = scene.account.flatten?.(AbortSignal.timeout(WITHIN_MS))
  if (call === undefined) throw new Error('it cannot be flattened')
  return call
}
/** What changed something, in order; without what is different each time. */
const changes = () =>
  scene.fake.asked
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => {
      const fields = Object.fromEntries(new URLSearchParams(body === '' ? path.split('?')[1] : body))
      const { timestamp: _at, recvWindow: _window, signature: _signature, newClientOrderId: _id, ...rest } = fields
      return [`${method} ${path.split('?')[0]}`, rest]
    })

beforeAll(async () => {
  scene = await ExchangeScene.open('binanceusdm', FAKES.binanceusdm.secrets)
})
beforeEach(() => {
  scene.fake.asked.length = 0
  scene.fake.on('POST /fapi/v1/order', { body: { orderId: 1, status: 'NEW' } })
  scene.fake.on('DELETE /fapi/v1/allOpenOrders', { body: { code: 200, msg: 'done' } })
  scene.fake.on('DELETE /fapi/v1/algoOpenOrders', { body: { code: 200, msg: 'done' } })
})
afterAll(() => scene.close())

test('positions are closed at market by orders that only reduce, and then all orders are cancelled', async () => {
  there(
    [position('BTCUSDT', '0.010'), position('ETHUSDT', '-2.5'), position('XRPUSDT', '0.0')],
    [{ symbol: 'BTCUSDT' }, { symbol: 'BTCUSDT' }],
    [{ symbol: 'ETHUSDT' }],
  )
  expect(await flatten()).toEqual({ kind: 'closing', open: 5 })
  expect(changes()).toEqual([
    ['POST /fapi/v1/order', { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.010', reduceOnly: 'true' }],
    ['POST /fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '2.5', reduceOnly: 'true' }],
    ['DELETE /fapi/v1/allOpenOrders', { symbol: 'BTCUSDT' }],
    ['DELETE /fapi/v1/algoOpenOrders', { symbol: 'ETHUSDT' }],
  ])
  const [order] = scene.fake.askedFor('POST /fapi/v1/order')
  expect(order?.body).toMatch(/newClientOrderId=drawbridge(:|%3A)alone-[0-9a-f]{12}/)

  there([position('BTCUSDT', '0.000')])
  expect(await flatten()).toEqual({ kind: 'flat' })
  expect(changes()).toHaveLength(4)
})

test('in hedge mode each side is closed by its own order', async () => {
  there([position('BTCUSDT', '0.2', 'LONG'), position('BTCUSDT', '-0.1', 'SHORT')])
  expect(await flatten()).toEqual({ kind: 'closing', open: 2 })
  expect(changes()).toEqual([
    ['POST /fapi/v1/order', { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.2', positionSide: 'LONG' }],
    ['POST /fapi/v1/order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1', positionSide: 'SHORT' }],
  ])
})

test('one position that is refused keeps no other open, and is told', async () => {
  there([position('AUSDT', '1'), position('BUSDT', '2')])
  scene.fake.on('POST /fapi/v1/order', ({ body }) =>
    body.includes('AUSDT')
      ? { status: 400, body: { code: -4005, msg: 'Quantity greater than max quantity.' } }
      : { body: { orderId: 2 } },
  )
  expect(await flatten()).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('max quantity') })
  expect(changes()).toHaveLength(2)
})

test('a key that may only read is told, and nothing is closed', async () => {
  there([position('BTCUSDT', '1')])
  scene.fake.on('POST /fapi/v1/order', {
    status: 401,
    body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' },
  })
  expect(await flatten()).toMatchObject({ kind: 'refused' })
})

test.each([
  ['null', null],
  ['empty', ''],
])('a position whose size is %s is not taken for none', async (_what, size) => {
  there([position('BTCUSDT', size)])
  expect(await flatten()).toMatchObject({ kind: 'unusable' })
  expect(changes()).toEqual([])
})

test('an exchange that was not tried for it closes nothing', async () => {
  const other = await ExchangeScene.open('coinbase', FAKES.coinbase.secrets)
  expect(other.account.flatten).toBeUndefined()
  await other.close()
})

test('it is flat only when nothing is left, and not when a position came back', async () => {
  const answers: unknown[] = []
  for (const amount of ['4', '0', '-1']) {
    there([position('BTCUSDT', amount)])
    answers.push(await flatten())
  }
  const closing = { kind: 'closing', open: 1 }
  expect(answers).toEqual([closing, { kind: 'flat' }, closing])
})

test.each([
  ['429', { status: 429, headers: { 'retry-after': '3' }, body: { code: -1015, msg: 'Too many new orders.' } }],
  ['418', { status: 418, headers: { 'retry-after': '3' }, body: { code: -1003, msg: 'banned' } }],
])('after a %s nothing more is asked, so that no ban follows', async (_what, answer) => {
  there([position('AUSDT', '1'), position('BUSDT', '2')], [{ symbol: 'AUSDT' }])
  scene.fake.on('POST /fapi/v1/order', answer)
  expect(await flatten()).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_000 })
  expect(scene.fake.asked).toHaveLength(2)
})

test('a list that cannot be had keeps no position open, and is told', async () => {
  there([position('AUSDT', '1')])
  scene.fake.on('GET /fapi/v1/openAlgoOrders', { status: 400, body: { code: -1000, msg: 'An unknown error occurred' } })
  expect(await flatten()).toMatchObject({ kind: expect.not.stringMatching(/flat|closing/) })
  expect(changes()).toHaveLength(1)
})

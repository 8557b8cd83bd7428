import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FlattenScene } from './flatten-scene.ts'

const ORDER = 'POST /derivatives/api/v3/sendorder'
const CANCEL = 'POST /derivatives/api/v3/cancelallorders'
const ok = (more: object) => ({ body: { result: 'success', serverTime: '2026-01-01T00:00:00.000Z', ...more } })
const position = (symbol: string, side: string, size: unknown) => ({ symbol, side, size, price: 1 })

let scene: FlattenScene
let positions: object[]
let orders: object[]

beforeAll(async () => {
  scene = await FlattenScene.open('krakenfutures')
})
beforeEach(() => {
  positions = []
  orders = []
  scene.begin({
    'GET /derivatives/api/v3/openpositions': () => ok({ openPositions: positions }),
    'GET /derivatives/api/v3/openorders': () => ok({ openOrders: orders }),
    [ORDER]: ok({ sendStatus: { status: 'placed', order_id: '1' } }),
    [CANCEL]: ok({ cancelStatus: { status: 'cancelled', cancelledOrders: [] } }),
  })
})
afterAll(() => scene.close())

test('positions are closed at market by orders that only reduce, and then all orders are cancelled', async () => {
  positions = [
    position('PF_XBTUSD', 'long', 0.0001),
    position('PI_ETHUSD', 'short', 25),
    position('PF_X', 'long', 1e-7),
  ]
  orders = [{ order_id: '2' }]
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 4 })
  const market = { orderType: 'mkt', reduceOnly: 'true' }
  expect(scene.sent(ORDER)).toEqual([
    { ...market, symbol: 'PF_XBTUSD', side: 'sell', size: '0.0001' },
    { ...market, symbol: 'PI_ETHUSD', side: 'buy', size: '25' },
    { ...market, symbol: 'PF_X', side: 'sell', size: '0.0000001' },
  ])
  expect(scene.sent(CANCEL)).toHaveLength(1)
})

test('it is flat only when nothing is left: after a part was filled, and when a position came back', async () => {
  const answers: unknown[] = []
  for (const list of [
    [position('PF_XBTUSD', 'long', 2)],
    [position('PF_XBTUSD', 'long', 1)],
    [],
    [position('PF_XBTUSD', 'short', 1)],
  ]) {
    positions = list
    answers.push(await scene.flatten())
  }
  const closing = { kind: 'closing', open: 1 }
  expect(answers).toEqual([closing, closing, { kind: 'flat' }, closing])
})

test('an order that was not placed under a result of success is told, and keeps no other position open', async () => {
  positions = [position('PF_XBTUSD', 'long', 1), position('PF_ETHUSD', 'long', 1)]
  scene.begin({ [ORDER]: ok({ sendStatus: { status: 'insufficientAvailableFunds' } }) })
  expect(await scene.flatten()).toEqual({
    kind: 'unusable',
    reason: 'it did not place the order that closes PF_XBTUSD: insufficientAvailableFunds',
  })
  expect(scene.sent(ORDER)).toHaveLength(2)
})

test('after an answer of too many requests nothing more is asked', async () => {
  positions = [position('PF_XBTUSD', 'long', 1), position('PF_ETHUSD', 'long', 1)]
  scene.begin({ [ORDER]: { body: { result: 'error', error: 'apiLimitExceeded' } } })
  expect(await scene.flatten()).toMatchObject({ kind: 'rate-limited' })
  expect(scene.asked).toHaveLength(2)
})

test.each([
  ['null', position('PF_XBTUSD', 'long', null)],
  ['without a side', position('PF_XBTUSD', 'both', 1)],
])('a position whose size is %s is not taken for none', async (_what, one) => {
  positions = [one]
  expect(await scene.flatten()).toMatchObject({ kind: 'unusable' })
  expect(scene.sent(ORDER)).toEqual([])
})

test('a missing list is no empty one', async () => {
  scene.begin({ 'GET /derivatives/api/v3/openpositions': ok({}) })
  expect(await scene.flatten()).toEqual({ kind: 'unusable', reason: 'its positions are no list' })
})

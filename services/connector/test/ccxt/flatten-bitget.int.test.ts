import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FlattenScene, fieldsOf } from './flatten-scene.ts'

const CLOSE = 'POST /api/v2/mix/order/close-positions'
const CANCEL = 'POST /api/v2/mix/order/cancel-all-orders'
const CANCEL_PLAN = 'POST /api/v2/mix/order/cancel-plan-order'
const PRODUCT = { productType: 'USDT-FUTURES' }
const ok = (data: unknown) => ({ body: { code: '00000', msg: 'success', data } })
const DONE = ok({ successList: [{ orderId: '1' }], failureList: [] })
const position = (symbol: string, total: unknown, holdSide = 'long') => ({
  symbol,
  total,
  holdSide,
  marginCoin: 'USDT',
})

let scene: FlattenScene
let positions: object[]
let orders: object[] | null
let plans: Record<string, object[]>

beforeAll(async () => {
  scene = await FlattenScene.open('bitget')
})
beforeEach(() => {
  positions = []
  orders = null
  plans = {}
  scene.begin({
    'GET /api/v2/mix/position/all-position': () => ok(positions),
    'GET /api/v2/mix/order/orders-pending': () => ok({ entrustedList: orders, endId: null }),
    'GET /api/v2/mix/order/orders-plan-pending': (asked) =>
      ok({ entrustedList: plans[String(fieldsOf(asked).planType)] ?? null, endId: null }),
    [CLOSE]: DONE,
    [CANCEL]: DONE,
    [CANCEL_PLAN]: DONE,
  })
})
afterAll(() => scene.close())

test('each symbol is closed once, also with two sides in hedge mode, and then all orders are cancelled', async () => {
  positions = [
    position('BTCUSDT', '0.1'),
    position('BTCUSDT', '0.2', 'short'),
    position('ETHUSDT', '0'),
    position('XRPUSDT', '5'),
  ]
  orders = [{ symbol: 'BTCUSDT', orderId: '7' }]
  plans = {
    normal_plan: [{ symbol: 'ETHUSDT', orderId: '8', planType: 'normal_plan' }],
    profit_loss: [{ symbol: 'BTCUSDT', orderId: '9', planType: 'pos_loss' }],
  }
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 4 })
  expect(scene.sent(CLOSE)).toEqual([
    { ...PRODUCT, symbol: 'BTCUSDT' },
    { ...PRODUCT, symbol: 'XRPUSDT' },
  ])
  expect(scene.sent(CANCEL)).toEqual([PRODUCT])
  expect(scene.sent(CANCEL_PLAN)).toEqual([
    { ...PRODUCT, symbol: 'ETHUSDT', marginCoin: 'USDT', planType: 'normal_plan', orderIdList: [{ orderId: '8' }] },
  ])
})

test('it is flat only when nothing is left: after a part was filled, and when a position came back', async () => {
  const answers: unknown[] = []
  for (const total of ['10', '4', '0', '1']) {
    positions = [position('BTCUSDT', total)]
    answers.push(await scene.flatten())
  }
  const closing = { kind: 'closing', open: 1 }
  expect(answers).toEqual([closing, closing, { kind: 'flat' }, closing])
})

test('a position that was not closed under a code of success is told', async () => {
  positions = [position('BTCUSDT', '1')]
  const failed = { symbol: 'BTCUSDT', errorCode: '40774', errorMsg: 'The order type is wrong' }
  scene.begin({ [CLOSE]: ok({ successList: [], failureList: [failed] }) })
  expect(await scene.flatten()).toEqual({ kind: 'unusable', reason: 'it says 40774 The order type is wrong' })
})

test('one position that is refused keeps no other open, and too many requests end it at once', async () => {
  positions = [position('AUSDT', '1'), position('BUSDT', '1')]
  scene.begin({ [CLOSE]: { status: 400, body: { code: '40762', msg: 'The order size is greater than the max' } } })
  expect(await scene.flatten()).toMatchObject({ reason: expect.stringContaining('greater than the max') })
  expect(scene.sent(CLOSE)).toHaveLength(2)

  scene.begin({ [CLOSE]: { status: 429, body: { code: '429', msg: 'Too Many Requests' } } })
  expect(await scene.flatten()).toMatchObject({ kind: 'rate-limited' })
  expect(scene.asked).toHaveLength(2)
})

test.each([
  ['null', null],
  ['empty', ''],
])('a position whose size is %s is not taken for none', async (_what, total) => {
  positions = [position('BTCUSDT', total)]
  expect(await scene.flatten()).toMatchObject({ kind: 'unusable' })
  expect(scene.sent(CLOSE)).toEqual([])
})

test('a missing list is no empty one', async () => {
  scene.begin({ 'GET /api/v2/mix/order/orders-pending': ok({}) })
  expect(await scene.flatten()).toEqual({ kind: 'unusable', reason: 'its orders are no list' })
})

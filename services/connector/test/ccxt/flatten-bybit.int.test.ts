import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Asked } from '../fake-server.ts'
import { type Fields, FlattenScene, fieldsOf } from './flatten-scene.ts'

const ORDER = 'POST /v5/order/create'
const CANCEL = 'POST /v5/order/cancel-all'
const ok = (result: object = {}) => ({ body: { retCode: 0, retMsg: 'OK', result } })
const refusal = (retCode: number, retMsg: string) => ({ body: { retCode, retMsg, result: {} } })
const position = (symbol: string, side: string, size: unknown, positionIdx = 0) => ({ symbol, side, size, positionIdx })
/** The list that is meant, like `linear USDT`. */
const kindOf = (asked: Asked) => {
  const { category, settleCoin } = fieldsOf(asked)
  return settleCoin === undefined ? String(category) : `${String(category)} ${String(settleCoin)}`
}

let scene: FlattenScene
let positions: Record<string, object[]>
let orders: Record<string, object[]>

beforeAll(async () => {
  scene = await FlattenScene.open('bybit')
})
beforeEach(() => {
  positions = {}
  orders = {}
  scene.begin({
    'GET /v5/position/list': (asked) => ok({ list: positions[kindOf(asked)] ?? [], nextPageCursor: '' }),
    'GET /v5/order/realtime': (asked) => ok({ list: orders[kindOf(asked)] ?? [] }),
    [ORDER]: ok({ orderId: '1' }),
    [CANCEL]: ok({ list: [], success: '1' }),
  })
})
afterAll(() => scene.close())

test('positions of all kinds and coins are closed by orders that only reduce, and then all orders are cancelled', async () => {
  positions = {
    'linear USDT': [position('BTCUSDT', 'Buy', '0.010'), position('XRPUSDT', '', '0')],
    'linear USDC': [position('ETHPERP', 'Sell', '2.5')],
    inverse: [position('BTCUSD', 'Buy', '100')],
    option: [position('BTC-1JAN27-60000-C', 'Sell', '0.1')],
  }
  orders = {
    'linear USDT': [{ symbol: 'BTCUSDT' }, { symbol: 'ETHUSDT' }],
    inverse: [{ symbol: 'BTCUSD' }, { symbol: 'BTCUSD' }],
    spot: [{ symbol: 'BTCUSDT' }],
  }
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 9 })

  const all = { orderType: 'Market', reduceOnly: true }
  const whole = { ...all, qty: '0', closeOnTrigger: true, positionIdx: 0 }
  expect(scene.sent(ORDER)).toEqual([
    { category: 'linear', symbol: 'BTCUSDT', side: 'Sell', ...whole },
    { category: 'linear', symbol: 'ETHPERP', side: 'Buy', ...whole },
    { category: 'inverse', symbol: 'BTCUSD', side: 'Sell', ...whole },
    { category: 'option', symbol: 'BTC-1JAN27-60000-C', side: 'Buy', ...all, qty: '0.1' },
  ])
  expect(scene.sent(CANCEL)).toEqual([
    { category: 'linear', settleCoin: 'USDT' },
    { category: 'inverse', symbol: 'BTCUSD' },
    ...['Order', 'tpslOrder', 'StopOrder', 'OcoOrder', 'BidirectionalTpslOrder'].map((orderFilter) => ({
      category: 'spot',
      orderFilter,
    })),
  ])
  const [sent] = scene.asked.filter(({ path }) => path === '/v5/order/create')
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({
    orderLinkId: expect.stringMatching(/^drawbridgealone-[0-9a-f]{12}$/),
  })
})

test('in hedge mode each side is closed by its own order', async () => {
  positions = { 'linear USDT': [position('BTCUSDT', 'Buy', '0.2', 1), position('BTCUSDT', 'Sell', '0.1', 2)] }
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 2 })
  expect(scene.sent(ORDER)).toMatchObject([
    { side: 'Sell', positionIdx: 1 },
    { side: 'Buy', positionIdx: 2 },
  ])
})

test('a position on a later page is closed, too', async () => {
  const pages: Record<string, object> = {
    first: { list: [position('AUSDT', '', '0')], nextPageCursor: 'second' },
    second: { list: [position('BUSDT', 'Buy', '1')], nextPageCursor: 'third' },
    third: { list: [], nextPageCursor: 'third' },
  }
  const page = (asked: Asked) => pages[String(fieldsOf(asked).cursor ?? 'first')] ?? {}
  scene.begin({
    'GET /v5/position/list': (asked) => (kindOf(asked) === 'linear USDT' ? ok(page(asked)) : ok({ list: [] })),
  })
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 1 })
  expect(scene.sent(ORDER)).toMatchObject([{ symbol: 'BUSDT', side: 'Sell' }])
})

test('it is flat only when nothing is left: after a part was filled, and when a position came back', async () => {
  const looks: Fields[][] = [
    [position('BTCUSDT', 'Buy', '10')],
    [position('BTCUSDT', 'Buy', '4')],
    [],
    [position('BTCUSDT', 'Sell', '1')],
  ]
  const answers: unknown[] = []
  for (const list of looks) {
    positions = { 'linear USDT': list }
    answers.push(await scene.flatten())
  }
  const closing = { kind: 'closing', open: 1 }
  expect(answers).toEqual([closing, closing, { kind: 'flat' }, closing])
  expect(scene.sent(ORDER).map(({ side }) => side)).toEqual(['Sell', 'Sell', 'Buy'])
})

test('one position that is refused keeps no other open, and is told', async () => {
  positions = { 'linear USDT': [position('AUSDT', 'Buy', '1'), position('BUSDT', 'Buy', '1')], option: [{ size: '1' }] }
  scene.begin({
    [ORDER]: ({ body }) => (body.includes('AUSDT') ? refusal(110_007, 'available balance is not enough') : ok()),
  })
  expect(await scene.flatten()).toMatchObject({ reason: expect.stringContaining('balance is not enough') })
  expect(scene.sent(ORDER)).toHaveLength(2)
})

test('a list that cannot be had keeps no other position open, and the account is not called flat', async () => {
  positions = { inverse: [position('BTCUSD', 'Buy', '1')] }
  scene.begin({
    'GET /v5/position/list': (asked) =>
      kindOf(asked) === 'linear USDT'
        ? refusal(10_005, 'Permission denied')
        : ok({ list: positions[kindOf(asked)] ?? [] }),
  })
  expect(await scene.flatten()).toMatchObject({ kind: 'refused' })
  expect(scene.sent(ORDER)).toMatchObject([{ symbol: 'BTCUSD' }])
  positions = {}
  expect(await scene.flatten()).toMatchObject({ kind: 'refused' })
})

test('a cancel that failed under a code of success is told', async () => {
  orders = { 'linear USDC': [{ symbol: 'ETHPERP' }] }
  scene.begin({ [CANCEL]: ok({ list: [], success: '0' }) })
  expect(await scene.flatten()).toEqual({ kind: 'unusable', reason: 'it cancelled no orders, under a code of success' })
})

test('after an answer of too many requests nothing more is asked', async () => {
  positions = { 'linear USDT': ['A', 'B', 'C'].map((coin) => position(`${coin}USDT`, 'Buy', '1')) }
  scene.begin({ [ORDER]: refusal(10_006, 'Too many visits!') })
  expect(await scene.flatten()).toMatchObject({ kind: 'rate-limited' })
  expect(scene.asked).toHaveLength(2)
})

test.each([
  ['null', position('BTCUSDT', 'Buy', null)],
  ['empty', position('BTCUSDT', 'Buy', '')],
  ['without a side', position('BTCUSDT', '', '1')],
])('a position whose size is %s is not taken for none', async (_what, one) => {
  positions = { 'linear USDT': [one] }
  expect(await scene.flatten()).toMatchObject({ kind: 'unusable' })
  expect(scene.sent(ORDER)).toEqual([])
})

test('half an answer is no empty list', async () => {
  scene.begin({ 'GET /v5/position/list': { body: { retCode: 0, result: {} } } })
  expect(await scene.flatten()).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('no list') })
})

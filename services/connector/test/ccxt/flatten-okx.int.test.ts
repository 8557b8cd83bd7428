import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FlattenScene, fieldsOf } from './flatten-scene.ts'

const CLOSE = 'POST /api/v5/trade/close-position'
const CANCEL = 'POST /api/v5/trade/cancel-batch-orders'
const CANCEL_ALGOS = 'POST /api/v5/trade/cancel-algos'
const ok = (...data: readonly object[]) => ({ body: { code: '0', msg: '', data } })
const position = (instId: string, pos: unknown, posSide = 'net', more: object = {}) => ({
  instId,
  instType: 'SWAP',
  mgnMode: 'cross',
  ccy: 'USDT',
  pos,
  posSide,
  ...more,
})

let scene: FlattenScene
let positions: object[]
let orders: object[]
let algos: Record<string, object[]>

beforeAll(async () => {
  scene = await FlattenScene.open('okx')
})
beforeEach(() => {
  positions = []
  orders = []
  algos = {}
  scene.begin({
    'GET /api/v5/account/positions': () => ok(...positions),
    'GET /api/v5/trade/orders-pending': () => ok(...orders),
    'GET /api/v5/trade/orders-algo-pending': (asked) => ok(...(algos[String(fieldsOf(asked).ordType)] ?? [])),
    [CLOSE]: ok({}),
    [CANCEL]: ok({ sCode: '0' }),
    [CANCEL_ALGOS]: ok({ sCode: '0' }),
  })
})
afterAll(() => scene.close())

test('positions are closed at market, and then all orders are cancelled, also those with a condition', async () => {
  positions = [
    position('BTC-USDT-SWAP', '-3'),
    position('ETH-USDT-SWAP', '0'),
    position('BTC-USDT', '0.1', 'net', { instType: 'MARGIN', ccy: 'BTC' }),
    position('BTC-USD-270326', '5', 'net', { instType: 'FUTURES', mgnMode: 'isolated' }),
  ]
  orders = Array.from({ length: 21 }, (_, at) => ({ instId: 'BTC-USDT', ordId: String(at) }))
  algos = { 'conditional,oco': [{ instId: 'BTC-USDT-SWAP', algoId: 'a' }], twap: [{ instId: 'X', algoId: 'b' }] }
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 26 })

  expect(scene.sent(CLOSE)).toEqual([
    { instId: 'BTC-USDT-SWAP', mgnMode: 'cross', posSide: 'net', autoCxl: true },
    { instId: 'BTC-USDT', mgnMode: 'cross', posSide: 'net', ccy: 'BTC', autoCxl: true },
    { instId: 'BTC-USD-270326', mgnMode: 'isolated', posSide: 'net', autoCxl: true },
  ])
  expect(scene.sent(CANCEL).map(({ list }) => (list as object[]).length)).toEqual([20, 1])
  expect(scene.sent(CANCEL_ALGOS)).toEqual([
    { list: [{ instId: 'BTC-USDT-SWAP', algoId: 'a' }] },
    { list: [{ instId: 'X', algoId: 'b' }] },
  ])
  const [sent] = scene.asked.filter(({ path }) => path.endsWith('/close-position'))
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({
    clOrdId: expect.stringMatching(/^drawbridgealone[0-9a-f]{12}$/),
  })
})

test('in hedge mode each side is closed by its own order', async () => {
  positions = [position('BTC-USDT-SWAP', '2', 'long'), position('BTC-USDT-SWAP', '1', 'short')]
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 2 })
  expect(scene.sent(CLOSE).map(({ posSide }) => posSide)).toEqual(['long', 'short'])
})

test('it is flat only when nothing is left: after a part was filled, and when a position came back', async () => {
  const answers: unknown[] = []
  for (const pos of ['10', '4', '0', '1']) {
    positions = [position('BTC-USDT-SWAP', pos)]
    answers.push(await scene.flatten())
  }
  const closing = { kind: 'closing', open: 1 }
  expect(answers).toEqual([closing, closing, { kind: 'flat' }, closing])
  expect(scene.sent(CLOSE)).toHaveLength(3)
})

test('one position that is refused keeps no other open, and is told', async () => {
  positions = [position('A-USDT-SWAP', '1'), position('B-USDT-SWAP', '1')]
  scene.begin({
    [CLOSE]: ({ body }) =>
      body.includes('A-USDT')
        ? {
            body: {
              code: '1',
              msg: 'All operations failed',
              data: [{ sCode: '51000', sMsg: 'Parameter posSide error' }],
            },
          }
        : ok({}),
  })
  expect(await scene.flatten()).toMatchObject({ reason: expect.stringContaining('posSide error') })
  expect(scene.sent(CLOSE)).toHaveLength(2)
})

test('an order that was not cancelled, in an answer that says that others were, is told', async () => {
  orders = [
    { instId: 'A', ordId: '1' },
    { instId: 'A', ordId: '2' },
  ]
  scene.begin({
    [CANCEL]: {
      body: { code: '2', msg: '', data: [{ sCode: '0' }, { sCode: '51410', sMsg: 'It is being cancelled' }] },
    },
  })
  expect(await scene.flatten()).toEqual({ kind: 'unusable', reason: 'it says 51410 It is being cancelled' })
})

test('a kind of orders that is not known there keeps nothing else open, and the account is not called flat', async () => {
  algos = { twap: [{ instId: 'X', algoId: 'b' }] }
  scene.begin({
    'GET /api/v5/trade/orders-algo-pending': (asked) => {
      const ordType = String(fieldsOf(asked).ordType)
      return ordType === 'chase'
        ? { body: { code: '51000', msg: 'Parameter ordType error', data: [] } }
        : ok(...(algos[ordType] ?? []))
    },
  })
  expect(await scene.flatten()).toMatchObject({ reason: expect.stringContaining('ordType error') })
  expect(scene.sent(CANCEL_ALGOS)).toHaveLength(1)
})

test('after an answer of too many requests nothing more is asked', async () => {
  positions = [position('A-USDT-SWAP', '1'), position('B-USDT-SWAP', '1')]
  scene.begin({
    [CLOSE]: { status: 429, body: { code: '50011', msg: 'Rate limit reached.' }, headers: { 'retry-after': '2' } },
  })
  expect(await scene.flatten()).toMatchObject({ kind: 'rate-limited', retryAfterMs: 2_000 })
  expect(scene.asked).toHaveLength(2)
})

test.each([
  ['null', position('BTC-USDT-SWAP', null)],
  ['empty', position('BTC-USDT-SWAP', '')],
])('a position whose size is %s is not taken for none', async (_what, one) => {
  positions = [one]
  expect(await scene.flatten()).toMatchObject({ kind: 'unusable' })
  expect(scene.sent(CLOSE)).toEqual([])
})

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FlattenScene } from './flatten-scene.ts'

const API = 'GET /api/v2/private'
const CLOSE = `${API}/close_position`
const CANCEL = `${API}/cancel_all`
const ok = (result: unknown) => ({ body: { jsonrpc: '2.0', result } })
const position = (name: string, size: unknown) => ({ instrument_name: name, size, kind: 'future' })

let scene: FlattenScene
let positions: object[]
let orders: object[]

beforeAll(async () => {
  scene = await FlattenScene.open('deribit')
})
beforeEach(() => {
  positions = []
  orders = []
  scene.begin({
    [`${API}/get_positions`]: () => ok(positions),
    [`${API}/get_open_orders`]: () => ok(orders),
    [CLOSE]: ok({ order: { order_state: 'filled' }, trades: [] }),
    [CANCEL]: ok(1),
  })
})
afterAll(() => scene.close())

test('positions in all currencies are closed at market, and then all orders are cancelled', async () => {
  positions = [position('BTC-PERPETUAL', -50), position('ETH-PERPETUAL', 0), position('BTC-1JAN27-60000-C', 0.1)]
  orders = [{ order_id: '1' }]
  expect(await scene.flatten()).toEqual({ kind: 'closing', open: 3 })
  expect(scene.sent(`${API}/get_positions`)).toEqual([{ currency: 'any' }])
  expect(scene.sent(CLOSE)).toEqual([
    { instrument_name: 'BTC-PERPETUAL', type: 'market' },
    { instrument_name: 'BTC-1JAN27-60000-C', type: 'market' },
  ])
  expect(scene.sent(CANCEL)).toHaveLength(1)
})

test('it is flat only when nothing is left: after a part was filled, and when a position came back', async () => {
  const answers: unknown[] = []
  for (const size of [20, 10, 0, -10]) {
    positions = [position('BTC-PERPETUAL', size)]
    answers.push(await scene.flatten())
  }
  const closing = { kind: 'closing', open: 1 }
  expect(answers).toEqual([closing, closing, { kind: 'flat' }, closing])
})

test('an error under a status of success is told, and keeps no other position open', async () => {
  positions = [position('BTC-PERPETUAL', 10), position('ETH-PERPETUAL', 10)]
  scene.begin({ [CLOSE]: { body: { error: { code: 10_009, message: 'not_enough_funds' } } } })
  expect(await scene.flatten()).toMatchObject({ reason: expect.stringContaining('not_enough_funds') })
  expect(scene.sent(CLOSE)).toHaveLength(2)
})

test('after an answer of too many requests nothing more is asked', async () => {
  positions = [position('BTC-PERPETUAL', 10), position('ETH-PERPETUAL', 10)]
  scene.begin({ [CLOSE]: { status: 429, body: { error: { code: 10_028, message: 'too_many_requests' } } } })
  expect(await scene.flatten()).toMatchObject({ kind: 'rate-limited' })
  expect(scene.asked).toHaveLength(2)
})

test.each([
  ['null', null],
  ['missing', undefined],
])('a position whose size is %s is not taken for none', async (_what, size) => {
  positions = [position('BTC-PERPETUAL', size)]
  expect(await scene.flatten()).toMatchObject({ kind: 'unusable' })
  expect(scene.sent(CLOSE)).toEqual([])
})

test('positions of a sub-account are not looked for in the account of the key', async () => {
  const other = await FlattenScene.open('deribit', { sub_account: '42' })
  expect(await other.flatten()).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('use a key of the sub-account'),
  })
  expect(other.asked).toEqual([])
  await other.close()
})

import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLOSING_LIMITS, ConnectorScene, notesOf } from '../connector-scene.ts'
import { FakeServer } from '../fake-server.ts'

const ORDER = 'POST /v5/order/create'
const ok = (result: object) => ({ body: { retCode: 0, retMsg: 'OK', result } })

let scene: ConnectorScene
let bybit: FakeServer
let equity = '1000'
/** The size of the only position. */
let size = 2

beforeAll(async () => {
  scene = await ConnectorScene.open(CLOSING_LIMITS)
  bybit = await FakeServer.open()
  bybit.on('GET /v5/account/wallet-balance', () =>
    ok({ list: [{ totalEquity: equity, totalWalletBalance: equity, coin: [] }] }),
  )
  bybit.on('GET /v5/position/list', ({ path }) => {
    const isHere = size > 0 && path.includes('settleCoin=USDT')
    return ok({ list: isHere ? [{ symbol: 'BTCUSDT', side: 'Buy', size: String(size), positionIdx: 0 }] : [] })
  })
  bybit.on('GET /v5/order/realtime', ok({ list: [] }))
  // Each order is filled by a part.
  bybit.on(ORDER, () => {
    size -= 1
    return ok({ orderId: '1' })
  })
})
afterAll(async () => {
  await scene.close()
  await bybit.close()
})

test('a decision to close all positions is made true at an exchange and asked for again, where may_close is set', async () => {
  const connector = {
    adapter: 'ccxt',
    exchange: 'bybit',
    base_url: bybit.url,
    every_seconds: 1,
    api_key_file: await scene.scene.writeFile('key', 'key'),
    api_secret_file: await scene.scene.writeFile('secret', 'secret'),
  }
  const first = await scene.connect({ exchange1: connector })
  await eventually(async () => (await scene.ticks('exchange1')).length === 1, { what: 'the first tick' })
  equity = '900'
  const note = await eventually(() => notesOf(first), { what: 'the note' })
  expect(note).toContain('this connector may not')
  expect(bybit.askedFor(ORDER)).toEqual([])
  await first.stop()

  const second = await scene.connect({ exchange1: { ...connector, may_close: true } })
  await eventually(() => size === 0, { what: 'the position to be closed', timeoutMs: 60_000 })
  await second.stop()
  expect(bybit.askedFor(ORDER)).toHaveLength(2)
})

import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConnectorScene, notesOf } from '../connector-scene.ts'
import { FakeServer } from '../fake-server.ts'
import { FAKES } from './fake-exchanges.ts'

const BALANCE = 'GET /v5/account/wallet-balance'
const balance = (totalEquity: string) => ({
  body: { retCode: 0, result: { list: [{ totalEquity, totalWalletBalance: totalEquity, coin: [] }] } },
})

let scene: ConnectorScene
let exchange: FakeServer

beforeAll(async () => {
  scene = await ConnectorScene.open()
  exchange = await FakeServer.open()
})
afterAll(async () => {
  await scene.close()
  await exchange.close()
})

test('an account is reported while its key is good, told when it is revoked, and read again by a new key', async () => {
  exchange.on(BALANCE, balance('1000.5'))
  const service = await scene.connect({
    bot1: {
      adapter: 'ccxt',
      exchange: 'bybit',
      base_url: exchange.url,
      every_seconds: 1,
      api_key_file: await scene.scene.writeFile('key', 'first'),
      api_secret_file: await scene.scene.writeFile('secret', 'secret'),
    },
    other: { adapter: 'generic', equity_url: `${exchange.url}/other`, equity_at: '/equity', currency: 'USD' },
  })
  exchange.on('GET /other', { body: { equity: 7 } })
  await eventually(async () => (await scene.ticks('bot1')).length > 0, { what: 'a tick' })
  expect((await scene.ticks('bot1'))[0]).toMatchObject({ equity: '1000.5', balance: '1000.5', currency: 'USD' })
  await eventually(async () => (await scene.ticks('other')).length > 0, { what: 'a tick of another connector' })

  exchange.on(BALANCE, ({ headers }) =>
    headers['x-bapi-api-key'] === 'second'
      ? balance('990')
      : { body: { retCode: 10_003, retMsg: 'API key is invalid.' } },
  )
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain('bot1 cannot read: it does not accept the key')
  expect(note).not.toContain('first')

  await scene.scene.writeFile('key', 'second')
  await eventually(async () => (await scene.ticks('bot1')).some(({ equity }) => equity === '990'), {
    what: 'a tick by the new key',
  })
  await service.stop()
})

test('settings that do not fit the exchange are told with what mends them', async () => {
  const { secrets } = FAKES.bybit
  expect(Object.keys(secrets)).toEqual(['api_key', 'api_secret'])
  const start = scene.connect({ bot2: { adapter: 'ccxt', exchange: 'bybit', address: `0x${'a'.repeat(40)}` } })
  await expect(start).rejects.toThrow('api_key_file is missing: bybit asks for it')
})

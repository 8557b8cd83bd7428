import { expect, test } from 'vitest'
import { EXCHANGES, exchangeNames } from '../../src/adapters/ccxt/exchanges/exchanges.ts'
import { ExchangeScene } from './exchange-scene.ts'
import { FAKES } from './fake-exchanges.ts'

/** Exchanges that tell their time. */
const CLOCK = 1_767_225_600_000
const WITHIN_MS = 60_000

test.each(exchangeNames())(
  'the equity of %s is read by the real ccxt, and shown beside its own fields',
  async (name) => {
    const { secrets, settings, routes, reading, rights } = FAKES[name]
    const scene = await ExchangeScene.open(name, secrets, settings)
    try {
      for (const [route, answer] of Object.entries(routes)) scene.fake.on(route, answer)
      expect(await scene.read()).toEqual({ kind: 'reading', reading })

      const examined = await scene.examine()
      const [read, trade, withdraw] = rights
      expect(examined).toMatchObject({ rights: { read, trade, withdraw }, notes: EXCHANGES[name].notes })
      expect(examined).toHaveProperty('fields', expect.arrayContaining([[expect.any(String), expect.any(String)]]))
      if (examined !== undefined && 'clock' in examined && examined.clock !== null) {
        // As of the middle of the call.
        expect(examined.clock).toBeLessThanOrEqual(CLOCK + WITHIN_MS)
        expect(examined.clock).toBeGreaterThan(CLOCK - WITHIN_MS)
      }
      // Nobody else was asked, and nothing was changed.
      const changing = scene.fake.asked.filter(({ method, path }) => method !== 'GET' && !(path in READ_BY_POST))
      expect(changing).toEqual([])
    } finally {
      await scene.close()
    }
  },
)

const READ_BY_POST = { '/info': true, '/0/private/Balance': true, '/0/private/GetApiKeyInfo': true }

test('of Deribit one currency, of one sub-account, is read in that currency', async () => {
  const { secrets, routes } = FAKES.deribit
  const scene = await ExchangeScene.open('deribit', secrets, { currency: 'BTC', sub_account: '42' })
  for (const [route, answer] of Object.entries(routes)) scene.fake.on(route, answer)
  expect(await scene.read()).toEqual({
    kind: 'reading',
    reading: { equity: 50_000_000n, balance: 40_000_000n, currency: 'BTC' },
  })
  expect(scene.fake.asked.map(({ path }) => path)).toEqual(['/api/v2/private/get_account_summaries?subaccount_id=42'])
  await scene.close()
})

test('of Coinbase the portfolio of the settings is read, and not that of the key', async () => {
  const { secrets, routes, reading } = FAKES.coinbase
  const scene = await ExchangeScene.open('coinbase', secrets, { sub_account: 'p-2' })
  scene.fake.on('GET /api/v3/brokerage/portfolios/p-2', routes['GET /api/v3/brokerage/portfolios/p-1'] ?? {})
  expect(await scene.read()).toEqual({ kind: 'reading', reading })
  await scene.close()
})

test('a test net that does not tell what a key may do is examined all the same', async () => {
  const { secrets, routes } = FAKES.binanceusdm
  const scene = await ExchangeScene.open('binanceusdm', secrets)
  for (const [route, answer] of Object.entries(routes)) scene.fake.on(route, answer)
  scene.fake.on('GET /sapi/v1/account/apiRestrictions', { status: 404, body: '<html><title>404</title></html>' })
  expect(await scene.examine()).toMatchObject({
    rights: { read: null, trade: null, withdraw: null },
    notes: expect.arrayContaining([expect.stringContaining('It does not tell what the key may do')]),
  })
  await scene.close()
})

test('of Deribit another sub-account than that of the settings is no reading', async () => {
  const { secrets } = FAKES.deribit
  const scene = await ExchangeScene.open('deribit', secrets, { currency: 'BTC', sub_account: '42' })
  const summaries = [{ currency: 'BTC', equity: 1, balance: 1 }]
  scene.fake.on('GET /api/v2/private/get_account_summaries', { body: { result: { id: 7, summaries } } })
  expect(await scene.read()).toEqual({ kind: 'unusable', reason: 'it answers with another sub-account, 7' })
  await scene.close()
})

test('an address of Hyperliquid that nobody has is not taken for an account of 0', async () => {
  const { secrets, settings } = FAKES.hyperliquid
  const scene = await ExchangeScene.open('hyperliquid', secrets, settings)
  scene.fake.on('POST /info', ({ body }) =>
    body.includes('userAbstraction')
      ? { body: 'null' }
      : { body: { marginSummary: { accountValue: '0.0' }, time: CLOCK } },
  )
  expect(await scene.read()).toMatchObject({
    kind: 'unusable',
    reason: expect.stringContaining('not that of an API wallet'),
  })
  await scene.close()
})

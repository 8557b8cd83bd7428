import { afterAll, describe, expect, test } from 'vitest'
import type { ExchangeName } from '../../src/adapters/ccxt/exchanges/exchanges.ts'
import type { Failure } from '../../src/core/failure.ts'
import type { Answer } from '../fake-server.ts'
import { ExchangeScene } from './exchange-scene.ts'
import { FAKES } from './fake-exchanges.ts'

type Case = readonly [what: string, route: string, answer: Answer, kind: Failure['kind'], told: string]

const PAGE = '<!DOCTYPE html><html><head><title>We will be back soon</title></head><body>Maintenance</body></html>'
const html = (status: number): Answer => ({ status, body: PAGE, headers: { 'content-type': 'text/html' } })

const QUIRKS: Partial<Record<ExchangeName, readonly Case[]>> = {
  binanceusdm: [
    [
      '429 with a wait',
      'GET /fapi/v3/account',
      { status: 429, body: { code: -1003, msg: 'Too many requests' }, headers: { 'retry-after': '7' } },
      'rate-limited',
      'too many requests',
    ],
    [
      '418 of a ban',
      'GET /fapi/v3/account',
      { status: 418, body: { code: -1003, msg: 'banned until 1767225600000' } },
      'rate-limited',
      'banned until',
    ],
    [
      'a clock that is wrong',
      'GET /fapi/v3/account',
      { status: 400, body: { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' } },
      'temporary',
      'set the clock of this machine',
    ],
    [
      'a key that is revoked after it worked',
      'GET /fapi/v3/account',
      { status: 401, body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' } },
      'refused',
      'it does not accept the key',
    ],
    ['a page of maintenance', 'GET /fapi/v3/account', html(503), 'temporary', 'a page, "We will be back soon"'],
    [
      'a page of maintenance as a success',
      'GET /fapi/v3/account',
      html(200),
      'temporary',
      'a page, "We will be back soon"',
    ],
    [
      'an equity of null',
      'GET /fapi/v3/account',
      { body: { totalMarginBalance: null, totalWalletBalance: '1', assets: [] } },
      'unusable',
      'totalMarginBalance must be',
    ],
    [
      'no equity',
      'GET /fapi/v3/account',
      { body: { totalWalletBalance: '1', assets: [] } },
      'unusable',
      'totalMarginBalance is missing',
    ],
    ['an empty answer', 'GET /fapi/v3/account', { body: '' }, 'unusable', 'assets is missing'],
    ['half an answer', 'GET /fapi/v3/account', { body: '{"totalMarginBalance": "98' }, 'unusable', 'assets is missing'],
    [
      'positions in another margin',
      'GET /fapi/v3/account',
      { body: { totalMarginBalance: '1', totalWalletBalance: '1', assets: [{ asset: 'USDC', initialMargin: '5.0' }] } },
      'unusable',
      'margined in USDC',
    ],
    [
      'a margin of null in another coin',
      'GET /fapi/v3/account',
      { body: { totalMarginBalance: '1', totalWalletBalance: '1', assets: [{ asset: 'USDC', initialMargin: null }] } },
      'unusable',
      'margined in USDC',
    ],
    [
      'a number that is none',
      'GET /fapi/v3/account',
      { body: { totalMarginBalance: 'NaN', totalWalletBalance: '1', assets: [] } },
      'unusable',
      'totalMarginBalance must be a decimal',
    ],
    [
      'a number beyond all bounds',
      'GET /fapi/v3/account',
      { body: { totalMarginBalance: '1e999', totalWalletBalance: '1', assets: [] } },
      'unusable',
      'totalMarginBalance must be below 1e15',
    ],
    [
      'a number that JSON does not know',
      'GET /fapi/v3/account',
      { body: '{"totalMarginBalance": Infinity, "totalWalletBalance": "1", "assets": []}' },
      'unusable',
      'assets is missing',
    ],
    [
      'a redirect',
      'GET /fapi/v3/account',
      { status: 302, headers: { location: 'http://elsewhere.example/' } },
      'temporary',
      'was not followed',
    ],
  ],
  bybit: [
    [
      'a key that is revoked, under a status of success',
      'GET /v5/account/wallet-balance',
      { body: { retCode: 10003, retMsg: 'API key is invalid.' } },
      'refused',
      'API key is invalid',
    ],
    [
      'a right that is missing',
      'GET /v5/account/wallet-balance',
      { body: { retCode: 10005, retMsg: 'Permission denied' } },
      'refused',
      'the key may not do this',
    ],
    [
      'a limit, under a status of success',
      'GET /v5/account/wallet-balance',
      { body: { retCode: 10006, retMsg: 'Too many visits!' } },
      'rate-limited',
      'Too many visits',
    ],
    [
      'an error of its own, under a status of success',
      'GET /v5/account/wallet-balance',
      { body: { retCode: 99_999, retMsg: 'who knows' } },
      'unusable',
      'who knows',
    ],
    [
      'no account in the list',
      'GET /v5/account/wallet-balance',
      { body: { retCode: 0, result: { list: [] } } },
      'unusable',
      'coin is missing',
    ],
    [
      'an empty equity',
      'GET /v5/account/wallet-balance',
      { body: { retCode: 0, result: { list: [{ totalEquity: '', totalWalletBalance: '', coin: [] }] } } },
      'unusable',
      'totalEquity must be a decimal',
    ],
    [
      'no list of coins',
      'GET /v5/account/wallet-balance',
      { body: { retCode: 0, result: { list: [{ totalEquity: '5', totalWalletBalance: '5' }] } } },
      'unusable',
      'coin is missing',
    ],
    [
      'a coin with a price of zero',
      'GET /v5/account/wallet-balance',
      {
        body: {
          retCode: 0,
          result: {
            list: [
              { totalEquity: '5', totalWalletBalance: '5', coin: [{ coin: 'LUNC', equity: '100', usdValue: '0' }] },
            ],
          },
        },
      },
      'unusable',
      'write "ignore": ["LUNC"]',
    ],
  ],
  okx: [
    [
      'maintenance',
      'GET /api/v5/account/balance',
      { status: 503, body: { code: '50001', msg: 'Service temporarily unavailable.' } },
      'temporary',
      'temporarily unavailable',
    ],
    [
      'a clock that is wrong',
      'GET /api/v5/account/balance',
      { status: 401, body: { code: '50102', msg: 'Timestamp request expired' } },
      'temporary',
      'set the clock of this machine',
    ],
    [
      'a wrong passphrase',
      'GET /api/v5/account/balance',
      { status: 401, body: { code: '50105', msg: 'Request header "OK-ACCESS-PASSPHRASE" incorrect.' } },
      'refused',
      'PASSPHRASE',
    ],
    [
      'no list of coins',
      'GET /api/v5/account/balance',
      { body: { code: '0', data: [{ totalEq: '1' }] } },
      'unusable',
      'details is missing',
    ],
    [
      'a limit',
      'GET /api/v5/account/balance',
      { status: 429, body: { code: '50011', msg: 'Rate limit reached.' }, headers: { 'retry-after': '7' } },
      'rate-limited',
      'Rate limit reached',
    ],
    [
      'a quantity of null',
      'GET /api/v5/account/balance',
      { body: { code: '0', data: [{ totalEq: '1', details: [{ ccy: 'BTC', eq: null, eqUsd: '1' }] }] } },
      'unusable',
      'the quantity of BTC',
    ],
  ],
  bitget: [
    [
      'margin in another coin',
      'GET /api/v2/mix/account/accounts',
      {
        body: {
          code: '00000',
          data: [
            { marginCoin: 'USDT', accountEquity: '1', usdtEquity: '1' },
            { marginCoin: 'BTC', accountEquity: '1', usdtEquity: '60000' },
          ],
        },
      },
      'unusable',
      'there is margin in BTC',
    ],
    [
      'margin of null in another coin',
      'GET /api/v2/mix/account/accounts',
      {
        body: {
          code: '00000',
          data: [
            { marginCoin: 'USDT', accountEquity: '1', usdtEquity: '1' },
            { marginCoin: 'BTC', accountEquity: '1', usdtEquity: null },
          ],
        },
      },
      'unusable',
      'there is margin in BTC',
    ],
    [
      'an error under a status of success',
      'GET /api/v2/mix/account/accounts',
      { body: { code: '40037', msg: 'Apikey does not exist', data: null } },
      'refused',
      'Apikey does not exist',
    ],
    [
      'a clock that is wrong',
      'GET /api/v2/mix/account/accounts',
      { status: 400, body: { code: '40008', msg: 'Request timestamp expired' } },
      'temporary',
      'set the clock of this machine',
    ],
    ['a page of maintenance', 'GET /api/v2/mix/account/accounts', html(503), 'temporary', 'a page'],
    [
      'no account',
      'GET /api/v2/mix/account/accounts',
      { body: { code: '00000', data: [] } },
      'unusable',
      'accountEquity is missing',
    ],
  ],
  'bitget-unified': [
    [
      'no list of coins',
      'GET /api/v3/account/assets',
      { body: { code: '00000', data: { usdtEquity: '11' } } },
      'unusable',
      'assets is missing',
    ],
    [
      'a coin with a price of zero',
      'GET /api/v3/account/assets',
      { body: { code: '00000', data: { usdtEquity: '11', assets: [{ coin: 'X', equity: '5', usdValue: '0' }] } } },
      'unusable',
      'X has no price',
    ],
  ],
  krakenfutures: [
    [
      'no multi-collateral wallet',
      'GET /derivatives/api/v3/accounts',
      { body: { result: 'success', accounts: { cash: { balances: {} } } } },
      'unusable',
      'accounts.flex.portfolioValue is missing',
    ],
    [
      'an error under a status of success',
      'GET /derivatives/api/v3/accounts',
      { body: { result: 'error', error: 'authenticationError' } },
      'refused',
      'authenticationError',
    ],
    [
      'a limit under a status of success',
      'GET /derivatives/api/v3/accounts',
      { body: { result: 'error', error: 'apiLimitExceeded' } },
      'rate-limited',
      'apiLimitExceeded',
    ],
    [
      'a nonce that is used already',
      'GET /derivatives/api/v3/accounts',
      { body: { result: 'error', error: 'nonceDuplicate' } },
      'temporary',
      'use the key in one program only',
    ],
    ['a page of maintenance', 'GET /derivatives/api/v3/accounts', html(503), 'temporary', 'a page'],
  ],
  hyperliquid: [
    ['a mode without an equity', 'POST /info', { body: '"unifiedAccount"' }, 'unusable', 'the mode unifiedAccount'],
    ['an answer without a mode', 'POST /info', { body: {} }, 'unusable', 'in which mode the account is'],
    ['an empty answer', 'POST /info', { body: 'null' }, 'unusable', 'accountValue is missing'],
    ['a limit', 'POST /info', { status: 429, body: 'null' }, 'rate-limited', 'too many requests'],
    ['a page of maintenance', 'POST /info', html(502), 'temporary', 'a page'],
  ],
  coinbase: [
    [
      'no list of coins',
      'GET /api/v3/brokerage/portfolios/p-1',
      { body: { breakdown: { portfolio_balances: { total_balance: { value: '1', currency: 'EUR' } } } } },
      'unusable',
      'spot_positions is missing',
    ],
    [
      'another portfolio',
      'GET /api/v3/brokerage/portfolios/p-1',
      { body: { breakdown: { portfolio: { uuid: 'p-2' }, spot_positions: [] } } },
      'unusable',
      'another portfolio, p-2',
    ],
    [
      'a key without a portfolio',
      'GET /api/v3/brokerage/key_permissions',
      { body: { can_view: true } },
      'unusable',
      'portfolio_uuid is missing',
    ],
    [
      'a key that is revoked',
      'GET /api/v3/brokerage/key_permissions',
      { status: 401, body: 'Unauthorized' },
      'refused',
      'it does not accept the key',
    ],
  ],
  deribit: [
    [
      'a coin without an index',
      'GET /api/v2/public/get_index_price',
      { body: { result: { index_price: 0 } } },
      'unusable',
      'BTC has no equity or no price',
    ],
    [
      'an equity of null',
      'GET /api/v2/private/get_account_summaries',
      { body: { result: { summaries: [{ currency: 'BTC', equity: null }] } } },
      'unusable',
      'BTC has no equity',
    ],
    [
      'an equity that is no number',
      'GET /api/v2/private/get_account_summaries',
      { body: { result: { summaries: [{ currency: 'BTC', equity: [] }] } } },
      'unusable',
      'BTC has no equity',
    ],
    [
      'an error under a status of success',
      'GET /api/v2/private/get_account_summaries',
      { body: { error: { code: 13_004, message: 'invalid_credentials' } } },
      'refused',
      'invalid_credentials',
    ],
  ],
  binance: [
    [
      'a coin without a price',
      'GET /api/v3/ticker/price',
      { body: [{ symbol: 'EURUSDT', price: '1.1' }] },
      'unusable',
      'BTC has no price',
    ],
    [
      'a price of zero',
      'GET /api/v3/ticker/price',
      {
        body: [
          { symbol: 'BTCUSDT', price: '0.00000000' },
          { symbol: 'EURUSDT', price: '1.1' },
        ],
      },
      'unusable',
      'BTC has no price',
    ],
    ['no balances at all', 'GET /api/v3/account', { body: { balances: [] } }, 'unusable', 'it lists no balances'],
    ['no prices at all', 'GET /api/v3/ticker/price', html(200), 'temporary', 'a page'],
    [
      'a balance of null',
      'GET /api/v3/account',
      { body: { balances: [{ asset: 'BTC', free: null, locked: '0' }] } },
      'unusable',
      'the quantity of BTC',
    ],
  ],
  kraken: [
    ['no balances at all', 'POST /0/private/Balance', { body: { error: [], result: {} } }, 'unusable', 'no balances'],
    ['half an answer', 'POST /0/private/Balance', { body: { error: [] } }, 'unusable', 'result is missing'],
    [
      'a limit, under a status of success',
      'POST /0/private/Balance',
      { body: { error: ['EAPI:Rate limit exceeded'] } },
      'rate-limited',
      'Rate limit exceeded',
    ],
    [
      'a key that is revoked, under a status of success',
      'POST /0/private/Balance',
      { body: { error: ['EAPI:Invalid key'] } },
      'refused',
      'Invalid key',
    ],
  ],
}

describe.each(Object.entries(QUIRKS) as [ExchangeName, readonly Case[]][])('%s', (name, cases) => {
  const { secrets, settings, routes } = FAKES[name]
  let opened: ExchangeScene | null = null
  afterAll(() => opened?.close())

  const sceneOnAGoodDay = async () => {
    opened ??= await ExchangeScene.open(name, secrets, settings)
    for (const [route, answer] of Object.entries(routes)) opened.fake.on(route, answer)
    return opened
  }

  test.each(cases)('%s is no reading, and is told as what it is', async (_what, route, answer, kind, told) => {
    const scene = await sceneOnAGoodDay()
    expect(await scene.read()).toMatchObject({ kind: 'reading' })
    scene.fake.on(route, answer)
    const failure = (await scene.read()) as Failure

    expect(failure).toMatchObject({ kind })
    expect(failure.reason).toContain(told)
    expect(failure.reason).not.toContain('signature=')
    expect(failure.reason).not.toContain('<html')
    if (answer.headers?.['retry-after'] !== undefined) expect(failure).toMatchObject({ retryAfterMs: 7_000 })
  })
})

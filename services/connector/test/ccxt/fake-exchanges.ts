import { generateKeyPairSync } from 'node:crypto'
import type { ExchangeName } from '../../src/adapters/ccxt/exchanges/exchanges.ts'
import type { Answer, Asked } from '../fake-server.ts'

export const ADDRESS = `0x${'1'.repeat(40)}`
const KEY = { api_key: 'key', api_secret: 'secret' }
const WITH_PHRASE = { ...KEY, passphrase: 'phrase' }

/** Coinbase's keys are names with a private key. */
function coinbaseKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString()
  return { api_key: 'organizations/o/apiKeys/k', api_secret: pem }
}

export interface FakeExchange {
  readonly secrets: Readonly<Record<string, string>>
  readonly settings?: object
  /** What it answers on a good day. */
  readonly routes: Readonly<Record<string, Answer | ((asked: Asked) => Answer)>>
  /** What is read from that, in the words of the port. */
  readonly reading: Readonly<Record<string, unknown>>
  /** What `examine` says a key may do. */
  readonly rights: readonly [read: boolean | null, trade: boolean | null, withdraw: boolean | null]
}

const units = (whole: number) => BigInt(Math.round(whole * 1e8))

export const FAKES: Readonly<Record<ExchangeName, FakeExchange>> = {
  binanceusdm: {
    secrets: KEY,
    routes: {
      'GET /fapi/v1/multiAssetsMargin': { body: { multiAssetsMargin: false } },
      'GET /fapi/v3/account': {
        body: {
          totalWalletBalance: '1000.00000000',
          totalUnrealizedProfit: '-12.50000000',
          totalMarginBalance: '987.50000000',
          assets: [
            { asset: 'USDT', marginBalance: '987.50000000', initialMargin: '10.00000000' },
            { asset: 'BNB', marginBalance: '0.10000000', initialMargin: '0.00000000' },
          ],
          positions: [],
        },
      },
      'GET /sapi/v1/account/apiRestrictions': {
        body: { ipRestrict: true, enableReading: true, enableFutures: false, enableWithdrawals: false },
      },
      'GET /fapi/v1/time': { body: { serverTime: 1_767_225_600_000 } },
    },
    reading: { equity: units(987.5), balance: units(1000), currency: 'USDT' },
    rights: [true, false, false],
  },
  bybit: {
    secrets: KEY,
    routes: {
      'GET /v5/account/wallet-balance': {
        body: {
          retCode: 0,
          retMsg: 'OK',
          result: {
            list: [
              {
                accountType: 'UNIFIED',
                totalEquity: '18070.32797922',
                totalWalletBalance: '18070.43799271',
                totalPerpUPL: '-0.11001349',
                coin: [
                  { coin: 'BTC', equity: '0.2', usdValue: '12920.95352538' },
                  { coin: 'SHIB', equity: '0.0000000001', usdValue: '0' },
                ],
              },
            ],
          },
          time: 1_767_225_600_000,
        },
      },
      'GET /v5/user/query-api': {
        body: {
          retCode: 0,
          result: {
            readOnly: 0,
            permissions: { Derivatives: ['DerivativesTrade'], Wallet: ['AccountTransfer', 'Withdraw'] },
          },
        },
      },
      'GET /v5/market/time': {
        body: { retCode: 0, result: { timeNano: '1767225600000000000' }, time: 1_767_225_600_000 },
      },
    },
    reading: { equity: 1_807_032_797_922n, balance: 1_807_043_799_271n, currency: 'USD' },
    rights: [true, true, true],
  },
  okx: {
    secrets: WITH_PHRASE,
    routes: {
      'GET /api/v5/account/balance': {
        body: {
          code: '0',
          msg: '',
          data: [
            {
              totalEq: '28.2687404020176',
              uTime: '1621556553510',
              details: [{ ccy: 'BTC', eq: '0.0005', eqUsd: '28.26' }],
            },
          ],
        },
      },
      'GET /api/v5/account/config': { body: { code: '0', data: [{ perm: 'read_only', acctLv: '2' }] } },
      'GET /api/v5/public/time': { body: { code: '0', data: [{ ts: '1767225600000' }] } },
    },
    reading: { equity: 2_826_874_040n, currency: 'USD' },
    rights: [true, false, false],
  },
  bitget: {
    secrets: WITH_PHRASE,
    routes: {
      'GET /api/v2/mix/account/accounts': {
        body: {
          code: '00000',
          msg: 'success',
          data: [{ marginCoin: 'USDT', accountEquity: '100.5', usdtEquity: '100.500000000001', unrealizedPL: null }],
        },
      },
      'GET /api/v2/public/time': { body: { code: '00000', data: { serverTime: '1767225600000' } } },
    },
    reading: { equity: units(100.5), currency: 'USDT' },
    rights: [null, null, null],
  },
  'bitget-unified': {
    secrets: WITH_PHRASE,
    routes: {
      'GET /api/v3/account/assets': {
        body: {
          code: '00000',
          msg: 'success',
          data: {
            accountEquity: '11.13919278',
            usdtEquity: '11.13921165',
            assets: [{ coin: 'USDT', equity: '11.13', usdValue: '11.13' }],
          },
        },
      },
      'GET /api/v2/public/time': { body: { code: '00000', data: { serverTime: '1767225600000' } } },
    },
    reading: { equity: 1_113_921_165n, currency: 'USDT' },
    rights: [null, null, null],
  },
  krakenfutures: {
    secrets: { api_key: 'key', api_secret: 'c2VjcmV0c2VjcmV0' },
    routes: {
      'GET /derivatives/api/v3/accounts': {
        body: {
          result: 'success',
          serverTime: '2026-01-01T00:00:00.000Z',
          accounts: {
            cash: { type: 'cashAccount', balances: { xbt: '5.0' } },
            flex: {
              type: 'multiCollateralMarginAccount',
              balanceValue: 34_122.66,
              portfolioValue: 34_128.62,
              pnl: 5.96,
            },
          },
        },
      },
    },
    reading: { equity: units(34_128.62), balance: units(34_122.66), currency: 'USD', at: 1_767_225_600_000 },
    rights: [null, null, null],
  },
  hyperliquid: {
    secrets: {},
    settings: { address: ADDRESS },
    routes: {
      'POST /info': ({ body }) =>
        body.includes('userAbstraction')
          ? { body: '"default"' }
          : {
              body: {
                marginSummary: { accountValue: '100.25', totalRawUsd: '100.0' },
                withdrawable: '90.0',
                time: 1_767_225_600_000,
              },
            },
    },
    reading: { equity: units(100.25), currency: 'USDC', at: 1_767_225_600_000 },
    rights: [true, false, false],
  },
  deribit: {
    secrets: KEY,
    routes: {
      'GET /api/v2/private/get_account_summaries': {
        body: {
          jsonrpc: '2.0',
          result: {
            summaries: [
              { currency: 'BTC', equity: 0.5, balance: 0.4 },
              { currency: 'USDC', equity: 10.25, balance: 10.25 },
              { currency: 'ETH', equity: 0, balance: 0 },
            ],
          },
        },
      },
      'GET /api/v2/public/get_index_price': { body: { jsonrpc: '2.0', result: { index_price: 2 } } },
      'GET /api/v2/public/get_time': { body: { jsonrpc: '2.0', result: 1_767_225_600_000 } },
      'GET /api/v2/public/auth': {
        body: { result: { access_token: 'token', scope: 'account:read trade:read_write wallet:read mainaccount' } },
      },
    },
    reading: { equity: units(0.5 * 2 + 10.25 * 2), currency: 'USD' },
    rights: [true, true, false],
  },
  coinbase: {
    secrets: coinbaseKey(),
    routes: {
      'GET /api/v3/brokerage/key_permissions': {
        body: {
          can_view: true,
          can_trade: false,
          can_transfer: false,
          portfolio_uuid: 'p-1',
          portfolio_type: 'DEFAULT',
        },
      },
      'GET /api/v3/brokerage/portfolios/p-1': {
        body: {
          breakdown: {
            portfolio_balances: { total_balance: { value: '1234.56', currency: 'EUR' } },
            spot_positions: [{ asset: 'ETH', total_balance_crypto: 0.5, total_balance_fiat: 1234.56 }],
          },
        },
      },
      'GET /v2/time': { body: { data: { iso: '2026-01-01T00:00:00Z', epoch: 1_767_225_600 } } },
    },
    reading: { equity: units(1234.56), currency: 'EUR' },
    rights: [true, false, false],
  },
  binance: {
    secrets: KEY,
    routes: {
      'GET /api/v3/account': {
        body: {
          balances: [
            { asset: 'BTC', free: '0.10000000', locked: '0.05000000' },
            { asset: 'USDT', free: '100.00000000', locked: '0.00000000' },
            { asset: 'EUR', free: '10.00000000', locked: '0.00000000' },
            { asset: 'XYZ', free: '4.00000000', locked: '0.00000000' },
          ],
        },
      },
      'GET /api/v3/ticker/price': {
        body: [
          { symbol: 'BTCUSDT', price: '60000.00000000' },
          { symbol: 'EURUSDT', price: '1.10000000' },
          { symbol: 'XYZBTC', price: '0.00001000' },
        ],
      },
      'GET /sapi/v1/account/apiRestrictions': {
        body: { enableReading: true, enableSpotAndMarginTrading: true, enableWithdrawals: false },
      },
      'GET /api/v3/time': { body: { serverTime: 1_767_225_600_000 } },
    },
    reading: { equity: units(9000 + 100 + 11 + 2.4), currency: 'USDT' },
    rights: [true, true, false],
  },
  kraken: {
    secrets: { api_key: 'key', api_secret: 'c2VjcmV0c2VjcmV0' },
    routes: {
      'POST /0/private/Balance': {
        body: {
          error: [],
          result: { XXBT: '0.5000000000', 'XBT.F': '0.1', ZUSD: '100.0000', SOL: '2.0', ZEUR: '10.0' },
        },
      },
      'GET /0/public/Ticker': {
        body: {
          error: [],
          result: {
            XXBTZUSD: { c: ['60000.00000', '0.1'] },
            SOLUSD: { c: ['150.0', '1'] },
            ZEURZUSD: { c: ['1.1', '1'] },
          },
        },
      },
      'GET /0/public/Time': { body: { error: [], result: { unixtime: 1_767_225_600 } } },
      'POST /0/private/GetApiKeyInfo': {
        body: { error: [], result: { permissions: ['query-funds', 'withdraw-funds'] } },
      },
    },
    reading: { equity: units(36_000 + 100 + 300 + 11), currency: 'USD' },
    rights: [true, false, true],
  },
}

import { valueAt } from '../../generic/pointer.ts'
import { flattenBitget } from './bitget-flatten.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { sizeOf } from './flattening.ts'
import { currencyOf, listAt, missingIn, placeAt } from './place.ts'
import { unpriced } from './unpriced.ts'

const CREDENTIALS = ['api_key', 'api_secret', 'passphrase'] as const
const NO_RIGHTS = 'What a key of Bitget may do is not read: look at its page.'

/** The account whose margin is USDT: `accountEquity` is in that coin, with the profit of open positions. */
export const bitget: ExchangeLine = {
  ccxt: 'bitget',
  about: 'Bitget USDT-M futures, classic account',
  credentials: CREDENTIALS,
  takes: [],
  async find(ask) {
    const body = await ask('privateMixGetV2MixAccountAccounts', { productType: 'USDT-FUTURES' })
    const accounts = listAt(body, '/data')
    if (accounts === null) return missingIn('/data')
    const inUsdt = accounts.find((one) => valueAt(one, '/marginCoin') === 'USDT')
    const other = accounts.find((one) => one !== inUsdt && sizeOf(valueAt(one, '/usdtEquity'))?.isEmpty !== true)
    if (other !== undefined) {
      const reason = `there is margin in ${String(valueAt(other, '/marginCoin'))}, too, which is not counted; use "bitget-unified", or move it`
      return { kind: 'unusable', reason }
    }
    return { equity: placeAt(inUsdt, '/accountEquity'), currency: currencyOf('USDT') }
  },
  flatten: flattenBitget,
  notes: ['Spot, margin and other futures accounts are not counted.', NO_RIGHTS],
}

/** `usdtEquity` is the equity of all coins, in USDT. */
export const bitgetUnified: ExchangeLine = {
  ccxt: 'bitget',
  about: 'Bitget, unified trading account',
  credentials: CREDENTIALS,
  takes: ['ignore', 'dust'],
  async find(ask, question) {
    const body = await ask('privateUtaGetV3AccountAssets')
    const assets = listAt(body, '/data/assets')
    if (assets === null) return missingIn('/data/assets')
    const holdings = assets.map((one) => ({
      coin: valueAt(one, '/coin'),
      quantity: valueAt(one, '/equity'),
      worth: valueAt(one, '/usdValue'),
    }))
    const equity = placeAt(body, '/data/usdtEquity')
    return unpriced(holdings, equity.value, question) ?? { equity, currency: currencyOf('USDT') }
  },
  notes: ['The funding account is not counted.', NO_RIGHTS],
}

import { valueAt } from '../../generic/pointer.ts'
import { flattenBybit } from './bybit-flatten.ts'
import type { Ask, ExchangeLine, Rights } from './exchange-line.ts'
import { currencyOf, listAt, missingIn, placeAt } from './place.ts'
import { unpriced } from './unpriced.ts'

/** `totalEquity` is the sum of the equity of all coins, in USD. A coin that is no collateral may count as 0. */
export const bybit: ExchangeLine = {
  ccxt: 'bybit',
  about: 'Bybit, unified trading account',
  credentials: ['api_key', 'api_secret'],
  takes: ['ignore', 'dust'],
  async find(ask, question) {
    const body = await ask('privateGetV5AccountWalletBalance', { accountType: 'UNIFIED' })
    const coins = listAt(body, '/result/list/0/coin')
    if (coins === null) return missingIn('/result/list/0/coin')
    const holdings = coins.map((coin) => ({
      coin: valueAt(coin, '/coin'),
      quantity: valueAt(coin, '/equity'),
      worth: valueAt(coin, '/usdValue'),
    }))
    const equity = placeAt(body, '/result/list/0/totalEquity')
    return (
      unpriced(holdings, equity.value, question) ?? {
        equity,
        balance: placeAt(body, '/result/list/0/totalWalletBalance'),
        currency: currencyOf('USD'),
      }
    )
  },
  rights,
  flatten: flattenBybit,
  notes: ['The funding account is not counted. A classic account is not read: switch it to the unified one.'],
}

const TRADING = ['ContractTrade', 'Derivatives', 'Spot', 'Options'] as const

async function rights(ask: Ask): Promise<Rights> {
  const body = await ask('privateGetV5UserQueryApi')
  const readOnly = valueAt(body, '/result/readOnly')
  if (readOnly === 1) return { read: true, trade: false, withdraw: false }
  if (readOnly !== 0) return { read: true, trade: null, withdraw: null }
  const wallet = listAt(body, '/result/permissions/Wallet') ?? []
  return {
    read: true,
    trade: TRADING.some((name) => (listAt(body, `/result/permissions/${name}`) ?? []).length > 0),
    withdraw: wallet.includes('Withdraw'),
  }
}

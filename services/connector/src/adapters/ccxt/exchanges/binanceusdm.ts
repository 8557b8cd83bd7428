import { valueAt } from '../../generic/pointer.ts'
import { apiRestrictions } from './binance-rights.ts'
import { flattenBinanceUsdm } from './binanceusdm-flatten.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { currencyOf, listAt, placeAt } from './place.ts'

/**
 * `totalMarginBalance` is the wallet with the profit of open positions. In single-asset mode it counts USDT alone; in
 * multi-assets mode all assets, in USD.
 */
export const binanceusdm: ExchangeLine = {
  ccxt: 'binanceusdm',
  about: 'Binance USD-M futures',
  credentials: ['api_key', 'api_secret'],
  takes: [],
  async find(ask) {
    const mode = valueAt(await ask('fapiPrivateGetMultiAssetsMargin'), '/multiAssetsMargin')
    const account = await ask('fapiPrivateV3GetAccount')
    if (typeof mode !== 'boolean') return { kind: 'unusable', reason: 'in its answer multiAssetsMargin is missing' }
    const uncounted = mode ? null : marginElsewhere(account)
    if (uncounted !== null) {
      const reason = `positions are margined in ${uncounted}, which totalMarginBalance does not count in single-asset mode; switch multi-assets mode on`
      return { kind: 'unusable', reason }
    }
    return {
      equity: placeAt(account, '/totalMarginBalance'),
      balance: placeAt(account, '/totalWalletBalance'),
      currency: currencyOf(mode ? 'USD' : 'USDT'),
    }
  },
  rights: apiRestrictions('enableFutures'),
  flatten: flattenBinanceUsdm,
  notes: ['Spot, earn and funding wallets are not counted.'],
}

function marginElsewhere(account: unknown): string | null {
  for (const asset of listAt(account, '/assets') ?? []) {
    const name = valueAt(asset, '/asset')
    const margin = Number(valueAt(asset, '/initialMargin') ?? 0)
    if (typeof name === 'string' && name !== 'USDT' && margin !== 0) return name
  }
  return null
}

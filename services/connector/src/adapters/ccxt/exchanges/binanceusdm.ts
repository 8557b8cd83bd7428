import { valueAt } from '../../generic/pointer.ts'
import { apiRestrictions } from './binance-rights.ts'
import { flattenBinanceUsdm } from './binanceusdm-flatten.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { sizeOf } from './flattening.ts'
import { currencyOf, listAt, missingIn, placeAt } from './place.ts'
import { noneListed } from './unpriced.ts'

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
    const assets = listAt(account, '/assets')
    if (assets === null) return missingIn('/assets')
    const uncounted = mode ? null : marginElsewhere(assets)
    if (uncounted !== null) {
      const reason = `positions are margined in ${uncounted}, which totalMarginBalance does not count in single-asset mode; switch multi-assets mode on`
      return { kind: 'unusable', reason }
    }
    const equity = placeAt(account, '/totalMarginBalance')
    return (
      noneListed(assets, equity.value) ?? {
        equity,
        balance: placeAt(account, '/totalWalletBalance'),
        currency: currencyOf(mode ? 'USD' : 'USDT'),
      }
    )
  },
  rights: apiRestrictions('enableFutures'),
  flatten: flattenBinanceUsdm,
  notes: ['Spot, earn and funding wallets are not counted; in single-asset mode nothing but USDT is.'],
}

/** A margin that is missing may be any. */
function marginElsewhere(assets: readonly unknown[]): string | null {
  for (const asset of assets) {
    const name = String(valueAt(asset, '/asset'))
    if (name !== 'USDT' && sizeOf(valueAt(asset, '/initialMargin'))?.isEmpty !== true) return name
  }
  return null
}

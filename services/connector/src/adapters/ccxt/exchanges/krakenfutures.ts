import { valueAt } from '../../generic/pointer.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { flattenKrakenFutures } from './krakenfutures-flatten.ts'
import { currencyOf, placeAt } from './place.ts'
import { noneListed } from './unpriced.ts'

/** `portfolioValue` of the multi-collateral wallet is its balance with the unrealized profit, in USD. */
export const krakenfutures: ExchangeLine = {
  ccxt: 'krakenfutures',
  about: 'Kraken Futures, multi-collateral wallet',
  credentials: ['api_key', 'api_secret'],
  takes: [],
  async find(ask) {
    const body = await ask('privateGetAccounts')
    const equity = placeAt(body, '/accounts/flex/portfolioValue')
    return (
      noneListed(Object.keys(valueAt(body, '/accounts/flex/currencies') ?? {}), equity.value) ?? {
        equity,
        balance: placeAt(body, '/accounts/flex/balanceValue'),
        currency: currencyOf('USD'),
        time: placeAt(body, '/serverTime'),
      }
    )
  },
  flatten: flattenKrakenFutures,
  notes: [
    'Single-collateral wallets, the holding wallet and unrealized funding are not counted.',
    'What a key of Kraken Futures may do is not read: look at its page.',
  ],
}

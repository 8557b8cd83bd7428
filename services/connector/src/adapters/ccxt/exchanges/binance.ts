import { valueAt } from '../../generic/pointer.ts'
import { apiRestrictions } from './binance-rights.ts'
import { plus, times } from './decimal.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { listAt } from './place.ts'
import { valued } from './valued.ts'

/** A spot account has no equity of its own: its coins are valued by the last prices. */
export const binance: ExchangeLine = {
  ccxt: 'binance',
  about: 'Binance spot, valued by last prices',
  credentials: ['api_key', 'api_secret'],
  takes: ['currency', 'ignore', 'dust'],
  async find(ask, question) {
    const account = await ask('privateGetAccount', { omitZeroBalances: true })
    const balances = listAt(account, '/balances')
    if (balances === null) return { kind: 'unusable', reason: 'in its answer balances is missing' }
    const tickers = await ask('publicGetTickerPrice')
    const prices = new Map(
      (listAt(tickers, '') ?? []).map((one) => [valueAt(one, '/symbol'), valueAt(one, '/price')] as const),
    )
    const held = balances.map((one) => ({
      coin: valueAt(one, '/asset'),
      quantity: both(valueAt(one, '/free'), valueAt(one, '/locked')),
    }))
    const { currency = 'USDT' } = question
    return valued(held, (base, quote) => prices.get(`${base}${quote}`), currency, question)
  },
  rights: apiRestrictions('enableSpotAndMarginTrading'),
  notes: [
    'Margin, futures, earn and funding wallets are not counted, but coins in flexible earn ("LD..." ) are listed.',
  ],
}

/** Null: one of them is no number. */
function both(free: unknown, locked: unknown): string | null {
  const [one, other] = [times(free, '1'), times(locked, '1')]
  return one === null || other === null ? null : plus(one, other)
}

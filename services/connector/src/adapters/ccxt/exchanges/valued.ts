import type { Failure } from '../../../core/failure.ts'
import type { Found } from '../../generic/reading.ts'
import { inverse, plus, times } from './decimal.ts'
import type { Question } from './exchange-line.ts'
import { currencyOf } from './place.ts'
import { unpriced } from './unpriced.ts'

export interface Held {
  readonly coin: unknown
  readonly quantity: unknown
}

/** The price of a pair, as the exchange says; anything that is no number above 0: it has none. */
export type PairPrice = (base: string, quote: string) => unknown

/** Through whose pairs a coin is valued that has none with the currency. */
const BRIDGES = ['USDT', 'USD', 'USDC', 'FDUSD', 'EUR', 'BTC'] as const

/** The sum of what is held, by the last prices. A coin without a price makes it unusable. */
export function valued(
  held: readonly Held[],
  priceOf: PairPrice,
  currency: string,
  question: Question,
): Found | Failure {
  const holdings = held.map(({ coin, quantity }) => ({
    coin,
    quantity,
    worth: typeof coin === 'string' ? times(quantity, priceIn(coin, currency, priceOf)) : null,
  }))
  const missing = unpriced(holdings, '0', question)
  if (missing !== null) return missing
  const sum = holdings.reduce((total, { worth }) => (worth === null ? total : plus(total, worth)), '0')
  return { equity: { name: `the sum of all coins in ${currency}`, value: sum }, currency: currencyOf(currency) }
}

function priceIn(coin: string, currency: string, priceOf: PairPrice): string | null {
  if (coin === currency) return '1'
  const price = priceBetween(coin, currency, priceOf)
  if (price !== null) return price
  for (const bridge of BRIDGES) {
    const [first, second] = [priceBetween(coin, bridge, priceOf), priceBetween(bridge, currency, priceOf)]
    if (first !== null && second !== null) return times(first, second)
  }
  return null
}

function priceBetween(base: string, quote: string, priceOf: PairPrice): string | null {
  const price = priceOf(base, quote)
  if (Number(price) > 0) return String(price)
  return inverse(priceOf(quote, base))
}

import { valueAt } from '../../generic/pointer.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { rightsOfKraken } from './kraken-rights.ts'
import { valued } from './valued.ts'

/** A spot account has no equity of its own: its coins are valued by the last prices. */
export const kraken: ExchangeLine = {
  ccxt: 'kraken',
  about: 'Kraken spot, valued by last prices',
  credentials: ['api_key', 'api_secret'],
  takes: ['currency', 'ignore', 'dust'],
  async find(ask, question) {
    const balances = recordAt(await ask('privatePostBalance'), '/result')
    if (balances === null) return { kind: 'unusable', reason: 'in its answer result is missing' }
    const tickers = recordAt(await ask('publicGetTicker'), '/result') ?? {}
    const prices = new Map(Object.entries(tickers).map(([pair, ticker]) => [pair, valueAt(ticker, '/c/0')]))
    const held = Object.entries(balances).map(([asset, quantity]) => ({ coin: coinOf(asset), quantity }))
    const priceOf = (base: string, quote: string) =>
      namesOf(base)
        .flatMap((one) => namesOf(quote).map((other) => prices.get(`${one}${other}`)))
        .find((price) => price !== undefined)
    const { currency = 'USD' } = question
    return valued(held, priceOf, currency, question)
  },
  rights: rightsOfKraken,
  notes: ['Margin positions are not counted.'],
}

/** Kraken's own names of old coins and of money have four letters, like XXBT and ZUSD; some coins have a suffix for earning. */
function coinOf(asset: string): string {
  const [plain = asset] = asset.split('.')
  const short = /^[XZ][A-Z]{3}$/.test(plain) ? plain.slice(1) : plain
  return short === 'XBT' ? 'BTC' : short === 'XDG' ? 'DOGE' : short
}

/** How a coin may be written in the name of a pair. */
function namesOf(coin: string): readonly string[] {
  const name = coin === 'BTC' ? 'XBT' : coin === 'DOGE' ? 'XDG' : coin
  return [name, `X${name}`, `Z${name}`]
}

function recordAt(body: unknown, pointer: string): Readonly<Record<string, unknown>> | null {
  const value = valueAt(body, pointer)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
}

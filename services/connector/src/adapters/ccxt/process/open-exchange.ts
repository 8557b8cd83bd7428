import type { Ask } from '../exchanges/exchange-line.ts'
import { EXCHANGES } from '../exchanges/exchanges.ts'
import type { Opening } from './messages.ts'

/** What is used of ccxt's class; its own types would make each type check read two hundred files. */
export interface Exchange {
  readonly has: Readonly<Record<string, unknown>>
  urls: { api: unknown }
  options: Record<string, unknown>
  readonly last_response_headers: unknown
  fetchTime(): Promise<number>
  setSandboxMode(isOn: boolean): void
}

const WITHIN_MS = 10_000

/** Loads one exchange of ccxt by its file: the whole library takes four times as long and twice the memory. */
export async function openExchange({ settings, keys }: Opening): Promise<Exchange> {
  const { ccxt } = EXCHANGES[settings.exchange]
  const file = new URL(`./src/${ccxt}.js`, import.meta.resolve('ccxt')).href
  const { default: Named } = (await import(file)) as { default: new (options: object) => Exchange }
  const exchange = new Named({
    apiKey: keys.api_key,
    secret: keys.api_secret,
    password: keys.passphrase,
    walletAddress: settings.address,
    timeout: WITHIN_MS,
    enableRateLimit: true,
  })
  if (settings.testnet === true) exchange.setSandboxMode(true)
  if (settings.base_url !== undefined) exchange.urls.api = at(settings.base_url, exchange.urls.api)
  return exchange
}

/** Every address of the exchange, with its path, at another server. */
function at(base: string, addresses: unknown): unknown {
  if (typeof addresses === 'string') return addresses.replace(/^https?:\/\/[^/]+/, base)
  if (typeof addresses !== 'object' || addresses === null) return addresses
  return Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, at(base, address)]))
}

/** A page where JSON should be, under a status of success. */
export class PageError extends Error {
  override readonly name = 'PageError'
}

/** @throws ccxt's errors, and {@link PageError} */
export function askOf(exchange: Exchange): Ask {
  return async (method, params = {}) => {
    // Else ccxt takes a revoked key of Binance for one that asked too often.
    exchange.options.hasAlreadyAuthenticatedSuccessfully = false
    const call = (exchange as unknown as Record<string, unknown>)[method]
    if (typeof call !== 'function') throw new TypeError(`ccxt has no call ${method}`)
    const answer: unknown = await call.call(exchange, params)
    if (typeof answer === 'string' && answer.trimStart().startsWith('<')) throw new PageError(answer)
    return answer
  }
}

import { printable } from '@drawbridge/contracts'
import type { Failure } from '../../../core/failure.ts'
import { retryAfterMs } from '../../../core/known-errors.ts'

interface Known {
  readonly kind: Failure['kind']
  readonly words: string
}

/** Classes of ccxt's errors by name; a class counts as the nearest one above it that is listed. */
const KNOWN: Readonly<Record<string, Known>> = {
  PermissionDenied: { kind: 'refused', words: 'the key may not do this' },
  AccountSuspended: { kind: 'refused', words: 'the account is suspended' },
  AuthenticationError: { kind: 'refused', words: 'it does not accept the key' },
  RestrictedLocation: { kind: 'refused', words: 'it does not serve this place' },
  RateLimitExceeded: { kind: 'rate-limited', words: 'too many requests' },
  DDoSProtection: { kind: 'rate-limited', words: 'too many requests' },
  InvalidNonce: {
    kind: 'temporary',
    words:
      'it does not accept the time of the request: set the clock of this machine, or use the key in one program only',
  },
  OnMaintenance: { kind: 'temporary', words: 'it is under maintenance' },
  RequestTimeout: { kind: 'temporary', words: 'it does not answer in time' },
  ExchangeNotAvailable: { kind: 'temporary', words: 'it is not available' },
  NetworkError: { kind: 'temporary', words: 'it cannot be reached' },
  OperationFailed: { kind: 'temporary', words: 'the call failed' },
  NullResponse: { kind: 'unusable', words: 'its answer is empty' },
  BadResponse: { kind: 'unusable', words: 'its answer cannot be read' },
  NotSupported: { kind: 'unusable', words: 'it cannot do this' },
  ExchangeError: { kind: 'unusable', words: 'it answers with an error' },
}

/** @param headers of the last answer */
export function failureOfCcxt(error: unknown, headers: unknown, now: number): Failure {
  if (!(error instanceof Error)) return { kind: 'temporary', reason: String(error) }
  const { kind, words } = knownAs(error) ?? { kind: 'temporary' as const, words: 'the call failed' }
  const reason = `${words}: ${wordsOf(error.message)}`
  return kind === 'rate-limited'
    ? { kind, retryAfterMs: retryAfterMs(retryAfterIn(headers), now), reason }
    : { kind, reason }
}

function knownAs(error: Error): Known | null {
  for (let one: unknown = error.constructor; typeof one === 'function'; one = Object.getPrototypeOf(one)) {
    const known = KNOWN[one.name]
    if (known !== undefined) return known
  }
  return null
}

function retryAfterIn(headers: unknown): string | null {
  if (typeof headers !== 'object' || headers === null) return null
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')
  return typeof found?.[1] === 'string' ? found[1] : null
}

/** In a short line; without queries, which have signatures, and of a page of HTML its title alone. */
export function wordsOf(message: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(message)?.[1]
  const page = message.search(/<(!doctype|html|head|body)/i)
  const text = page < 0 ? message : `${message.slice(0, page)}a page, "${title?.trim() ?? 'without a title'}"`
  const plain = text.replaceAll(/(https?:\/\/[^\s?]+)\?\S*/g, '$1').replaceAll(/\s+/g, ' ')
  return printable(plain.trim())
}

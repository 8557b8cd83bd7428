import {
  type Amount,
  describe,
  type Instant,
  type Parsed,
  parsed,
  parseInstant,
  parseTickAmount,
  refused,
} from '@drawbridge/contracts'
import type { ReadAnswer, Reading } from '../../port.ts'

/** Values of an answer, and what people call the places they come from; undefined: not asked for. */
export interface Found {
  readonly equity: Place
  readonly balance?: Place
  readonly netDeposits?: Place
  readonly currency: Place
  readonly time?: Place
}

export interface Place {
  readonly name: string
  readonly value: unknown
}

/** A reading of what was found. What was asked for and is missing, null or no number makes it unusable: never a zero. */
export function readingOf({ equity, balance, netDeposits, currency, time }: Found): ReadAnswer {
  const faults: string[] = []
  const taken = <T>(place: Place | undefined, read: (value: unknown) => Parsed<T>): T | undefined => {
    if (place === undefined) return undefined
    const value = read(place.value)
    if (value.ok) return value.value
    faults.push(`${place.name} ${place.value === undefined ? 'is missing' : value.reason}`)
    return undefined
  }
  const at = taken(time, instantOf)
  const optional = { balance: taken(balance, parseTickAmount), netDeposits: taken(netDeposits, parseTickAmount), at }
  const [money, unit] = [taken(equity, parseTickAmount), taken(currency, currencyOf)]
  if (money === undefined || unit === undefined || faults.length > 0) {
    return { kind: 'unusable', reason: `in its answer ${faults.join('; ')}` }
  }
  return { kind: 'reading', reading: { equity: money, currency: unit, ...given(optional) } }
}

function given(optional: {
  readonly balance: Amount | undefined
  readonly netDeposits: Amount | undefined
  readonly at: Instant | undefined
}): Pick<Reading, 'balance' | 'netDeposits' | 'at'> {
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
}

function currencyOf(value: unknown): Parsed<string> {
  if (typeof value === 'string' && /^[!-~]{1,16}$/.test(value)) return parsed(value)
  return refused(`must be a currency like "USD", got ${describe(value)}`)
}

/** From so many on, a number of a time counts milliseconds: in seconds it would be the year 5138. */
const MILLISECONDS_FROM = 1e11

/** A time as text, or as seconds or milliseconds since 1970. */
function instantOf(value: unknown): Parsed<Instant> {
  if (typeof value !== 'number') return parseInstant(value)
  if (!Number.isFinite(value) || value <= 0) return refused(`must be a time, got ${describe(value)}`)
  return parsed(Math.trunc(value < MILLISECONDS_FROM ? value * 1_000 : value))
}

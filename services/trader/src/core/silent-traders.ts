import { formatInstant, type Instant, type TraderId } from '@drawbridge/contracts'

const NAMED_MAX = 20

/** Of whom a guardian has not heard for too long. */
export interface Silence {
  readonly trader: TraderId
  /** Null: it is not silent. */
  readonly staleSince: Instant | null
}

/** Names those that are silent, in words, but no more than a page holds; null: none is. */
export function silentTraders(traders: Iterable<Silence>): string | null {
  const silent: string[] = []
  for (const { trader, staleSince } of traders) {
    if (staleSince !== null) silent.push(`${trader} since ${formatInstant(staleSince)}`)
  }
  if (silent.length === 0) return null
  const more = silent.length > NAMED_MAX ? `, and ${silent.length - NAMED_MAX} more` : ''
  return `no equity from ${silent.slice(0, NAMED_MAX).join(', ')}${more}`
}

import { formatInstant, type Instant, type TraderId } from '@drawbridge/contracts'

const NAMED_MAX = 20

/** A trader that has reported no equity for too long. */
export interface Silence {
  readonly trader: TraderId
  /** Null: it is not silent. */
  readonly staleSince: Instant | null
}

/** Names the silent traders in words, up to a limit; null: none is silent. */
export function silentTraders(traders: Iterable<Silence>): string | null {
  const silent: string[] = []
  for (const { trader, staleSince } of traders) {
    if (staleSince !== null) silent.push(`${trader} since ${formatInstant(staleSince)}`)
  }
  if (silent.length === 0) return null
  const more = silent.length > NAMED_MAX ? `, and ${silent.length - NAMED_MAX} more` : ''
  return `no equity from ${silent.slice(0, NAMED_MAX).join(', ')}${more}`
}

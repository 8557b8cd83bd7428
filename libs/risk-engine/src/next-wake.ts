import type { Instant, TraderId, TraderState } from '@drawbridge/contracts'
import { type Configuration, limitsOf } from './configuration.ts'
import { ownLimitsAt } from './loosening.ts'
import { staleAt } from './silence.ts'

/**
 * When something happens to a trader without an input: the moment to send a wake-up for. Null: nothing does. A pause
 * ends, a silence has lasted too long, or limits take effect. Traders in event time have none, as their time passes by
 * ticks alone; the daily reset needs none, as a day begins lazily.
 * @param now JetStream's time: what limits are in force depends on it
 */
export function nextWakeAt(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  now: Instant,
): Instant | null {
  const limits = limitsOf(configuration, trader, ownLimitsAt(state, now), now)
  if (limits.timeBase === 'event') return null
  const pauseEndsAt = state.clock.startsWith('server ') ? (state.pause?.until ?? null) : null
  const inForceAt = state.pendingLimits[0]?.at ?? null
  return earlier(earlier(pauseEndsAt, staleAt(state, limits)), inForceAt)
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

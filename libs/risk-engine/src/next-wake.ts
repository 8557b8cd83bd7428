import type { Instant, TraderState } from '@drawbridge/contracts'

/**
 * When something happens to a trader without an input: the moment to send a wake-up for. Null: nothing does. Traders
 * in event time have none, as their time passes by ticks alone; the daily reset needs none, as a day begins lazily.
 */
export function nextWakeAt(state: TraderState): Instant | null {
  return state.clock.startsWith('server ') ? (state.pause?.until ?? null) : null
}

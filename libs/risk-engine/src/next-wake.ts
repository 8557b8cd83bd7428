import type { Instant, TraderId, TraderState } from '@drawbridge/contracts/pure'
import { type Configuration, limitsOf } from './configuration.ts'
import { confirmationAt } from './confirm.ts'
import { decide } from './decide.ts'
import { ownLimitsAt } from './loosening.ts'
import { doResetsMatter } from './resets-that-matter.ts'
import { hasOtherSession, sessionChangesAt } from './sessions.ts'
import { staleAt } from './silence.ts'

/**
 * When something happens to a trader without an input: the moment to send a wake-up for. Null: nothing does. A pause
 * ends, a silence has lasted too long, limits take effect, or a market that blocks entries closes or opens. Limits of all
 * traders that the last reading breaks, and sessions that say otherwise than before, are due at once. Nothing else is in event time, which
 * passes by ticks alone; the daily reset needs none, as a day begins lazily.
 * @param now JetStream's time: what limits are in force depends on it
 */
export function nextWakeAt(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  now: Instant,
): Instant | null {
  const limits = limitsOf(configuration, trader, ownLimitsAt(state, now), now)
  // Whoever was judged by other lines is judged again.
  const judgedAt = state.equity !== null && state.limitsKey !== limits.key ? now : null
  if (limits.timeBase === 'event') {
    return (judgedAt !== null || hasOtherSession(state, limits)) && happensAt(now) ? now : null
  }
  const inForceAt = state.pendingLimits[0]?.at ?? null
  const bySession = sessionChangesAt(state, limits, now)
  const moments: (Instant | null)[] = [judgedAt, staleAt(state, limits), bySession, inForceAt, confirmationAt(state)]
  if (state.clock.startsWith('server '))
    moments.push(...holdEnds(state), doResetsMatter(state, limits, now) ? state.nextResetAt : null)
  const next = moments.reduce(earlier)
  if (next === null || next > now) return next
  return happensAt(now) ? next : moments.filter((moment) => moment !== null && moment > now).reduce(earlier, null)

  /** Whether something would come of a wake-up: a hold whose time is over stays while its limit is broken. */
  function happensAt(time: Instant): boolean {
    const input = { kind: 'control', seq: state.inputSeq + 1, time, control: { kind: 'wake' } } as const
    return decide(trader, state, configuration, input).kind !== 'nothing'
  }
}

/** The ends of holds, but of those that wait until their limit is not broken any more. */
function holdEnds({ pause, time }: TraderState): Instant[] {
  const ends = pause?.holds.map(({ until }) => until) ?? []
  return ends.filter((until) => until !== null).filter((until) => time === null || until > time)
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

import type { Instant, TraderState } from '@drawbridge/contracts/pure'
import type { ResolvedLimits } from './configuration.ts'
import type { Draft } from './draft.ts'
import { silentInSession } from './sessions.ts'

/**
 * When the silence of a trader will have lasted too long. Null: it already has, or that cannot happen: a trader that never
 * sent a tick is not silent, and in event time nothing happens between ticks. With sessions, silence is judged within a
 * session, and counts from its opening at the earliest.
 */
export function staleAt(state: TraderState, limits: ResolvedLimits): Instant | null {
  const { lastTickAt, staleSince } = state
  const { staleAfterSeconds, sessions } = limits
  if (staleAfterSeconds === null || limits.timeBase === 'event') return null
  if (lastTickAt === null || staleSince !== null) return null
  const ms = staleAfterSeconds * 1_000
  return sessions === null ? lastTickAt + ms : silentInSession(lastTickAt, ms, sessions)
}

/** Looks, at an input that is no accepted tick, whether the last one is too long ago. */
export function judgeSilence({ state, facts, limits, now }: Draft): void {
  const at = staleAt(state, limits)
  if (at === null || now < at || state.lastTickAt === null) return
  state.staleSince = state.lastTickAt
  facts.push({ kind: 'feed-stale', since: state.lastTickAt })
}

/** Records an accepted tick. Only that ends a silence; one that was not recorded before it does not count. */
export function endSilence({ state, facts }: Draft, heardAt: Instant): void {
  state.lastTickAt = heardAt
  if (state.staleSince === null) return
  facts.push({ kind: 'feed-restored', since: state.staleSince })
  state.staleSince = null
}

import type { Instant, TraderState } from '@drawbridge/contracts'
import type { ResolvedLimits } from './configuration.ts'
import type { Draft } from './draft.ts'

/**
 * When the silence of a trader will have lasted too long. Null: it already has, or that cannot happen: a trader that never
 * sent a tick is not silent, and in event time nothing happens between ticks.
 */
export function staleAt(state: TraderState, limits: ResolvedLimits): Instant | null {
  const { lastTickAt, staleSince } = state
  if (limits.staleAfterSeconds === null || limits.timeBase === 'event') return null
  if (lastTickAt === null || staleSince !== null) return null
  return lastTickAt + limits.staleAfterSeconds * 1_000
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

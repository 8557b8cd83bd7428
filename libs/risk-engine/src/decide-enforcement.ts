import { type Decision, eventOf, NOTHING } from './decision.ts'
import type { Draft } from './draft.ts'
import { passTime } from './pass-time.ts'
import { endLimitHolds } from './pause.ts'

/** Enforcement off lifts what limits hold, and nothing else: whether a trader hears of the switch must not matter otherwise. */
export function decideEnforcement(draft: Draft, enforced: boolean): Decision {
  const isHeldByLimits = draft.state.pause?.holds.some((hold) => hold.holder !== 'operator') === true
  if (enforced || !isHeldByLimits) return NOTHING
  if (draft.limits.timeBase === 'server') passTime(draft)
  endLimitHolds(draft, { at: draft.now, cause: 'enforcement-off', reason: null, by: null })
  return eventOf(draft, null)
}

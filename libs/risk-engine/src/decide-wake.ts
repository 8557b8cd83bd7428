import { type Decision, eventOf, NOTHING } from './decision.ts'
import type { Draft } from './draft.ts'
import { takeForce } from './own-limits.ts'
import { passTime } from './pass-time.ts'
import { judgeSilence } from './silence.ts'

/** A timer says that something may be due. Event time passes by ticks alone, so there it is nothing. */
export function decideWake(draft: Draft): Decision {
  if (draft.limits.timeBase === 'event') return NOTHING
  passWithoutTick(draft)
  return draft.facts.length === 0 ? NOTHING : eventOf(draft, null)
}

/** What is due at an input that is no tick: pending limits, and in server time the reset, the end of a pause, a silence. */
export function passWithoutTick(draft: Draft): void {
  takeForce(draft)
  if (draft.limits.timeBase === 'event') return
  passTime(draft)
  judgeSilence(draft)
}

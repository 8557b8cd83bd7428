import { formatAmount } from './amount.ts'
import { type Holder, limitOfHolder } from './holder.ts'
import { formatInstant, type Instant } from './instant.ts'
import type { HoldAction, LimitState, Pause, TraderState } from './risk-event.ts'

/**
 * Why entries are blocked by a decision, in the order in which the first that applies is told; `ok`: they are not.
 * A gate knows more, of the time between decisions.
 */
export const STANDING_CODES = [
  'unconfirmed',
  'no-reading',
  'limit',
  'operator',
  'closed',
  'rejected',
  'out-of-order',
  'silent',
  'uncomputable',
  'ok',
] as const
export type StandingCode = (typeof STANDING_CODES)[number]
/** Why entries are blocked though nobody holds. */
export type DoubtCode = Exclude<StandingCode, 'limit' | 'operator' | 'ok'>

/** What a state says about new exposure. Reducing it is never blocked. */
export interface Standing {
  readonly allowed: boolean
  readonly code: StandingCode
  /** The severest that a hold asks for; null: no limit holds. */
  readonly action: HoldAction | null
  readonly holders: readonly Holder[]
  /** Why, in words for people; null where allowed. */
  readonly reason: string | null
  /** When the pause may end, or the market opens; null: allowed, or nobody can say. */
  readonly until: Instant | null
}

/** @param now the trader's time at which it is asked, as far as that is known */
export function standingOf(state: TraderState, now: Instant | null = state.time): Standing {
  const pause = appliedPause(state)
  const doubt = doubtOf(state)
  const code = codeOf(state, pause)
  if (code === 'ok') return ALLOWED
  const holds = pause?.holds ?? []
  const isHeld = code === 'limit' || code === 'operator'
  return {
    allowed: false,
    code,
    action: holds.some(({ action }) => action === 'flatten') ? 'flatten' : holds.length > 0 ? 'block-entries' : null,
    holders: holds.map(({ holder }) => holder),
    reason: isHeld && pause !== null ? pauseReason(pause) : doubt,
    until: code === 'closed' ? state.opensAt : endOf(pause, now),
  }
}

/** When a pause may end. Null: nobody can say, as the time of a hold is over and its limit is still broken. */
function endOf(pause: Pause | null, now: Instant | null): Instant | null {
  if (pause === null) return null
  const isOverdue = pause.holds.some(({ until }) => until !== null && now !== null && until <= now)
  return isOverdue ? null : pause.until
}

const ALLOWED: Standing = Object.freeze({
  allowed: true,
  code: 'ok',
  action: null,
  holders: Object.freeze([]),
  reason: null,
  until: null,
})

/** The reason of a pause: the reasons of its holds. */
export function pauseReason(pause: Pause): string {
  return pause.holds.map((hold) => hold.reason).join('; ')
}

function codeOf(state: TraderState, pause: Pause | null): StandingCode {
  const { doubt, equity, staleSince, limitStates } = state
  if (doubt.pending !== null || doubt.zeros !== null) return 'unconfirmed'
  if (equity === null) return 'no-reading'
  if (pause !== null) return pause.holds.some(({ holder }) => limitOfHolder(holder) !== null) ? 'limit' : 'operator'
  if (state.opensAt !== null) return 'closed'
  if (doubt.rejected !== null) return 'rejected'
  if (doubt.late?.blocks === true) return 'out-of-order'
  if (staleSince !== null) return 'silent'
  if (!state.enforced) return 'ok'
  return limitStates.some(isDoubtful) ? 'uncomputable' : 'ok'
}

/** The holds that block: while enforcement is off, only those of operators. */
function appliedPause({ pause, enforced }: TraderState): Pause | null {
  if (pause === null || enforced) return pause
  const holds = pause.holds.filter(({ holder }) => limitOfHolder(holder) === null)
  if (holds.length === 0) return null
  const isOpen = holds.some(({ until }) => until === null)
  return { since: pause.since, holds, until: isOpen ? null : Math.max(...holds.map(({ until }) => until ?? 0)) }
}

/** Whether a limit that blocks cannot be computed. */
function isDoubtful({ uncomputable, blocks }: LimitState): boolean {
  return uncomputable !== null && blocks
}

/** The first doubt, in words; null: there is none. */
function doubtOf({ doubt, equity, opensAt, staleSince, limitStates }: TraderState): string | null {
  const { pending, zeros, rejected, late } = doubt
  if (zeros !== null) return 'the reading of 0 is confirmed by others over ten minutes, or dropped by another value'
  if (pending !== null) {
    const value = formatAmount(pending.newest.equity)
    if (equity === null) return `the first reading of ${value} is confirmed by the next one that agrees`
    return `the reading of ${value} differs too much from ${formatAmount(equity)}: waiting for others that agree`
  }
  if (equity === null) return 'no equity has been reported yet'
  if (opensAt !== null) return `the market is closed until ${formatInstant(opensAt)}`
  if (rejected !== null) return `the last reading was rejected: ${rejected}`
  if (late?.blocks === true) return `${late.count} readings in a row came late or twice`
  if (staleSince !== null) return `no equity has been reported since ${formatInstant(staleSince)}`
  const one = limitStates.find(isDoubtful)
  return one === undefined ? null : `${one.name} cannot be computed: ${one.uncomputable}`
}

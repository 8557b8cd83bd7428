import { type RiskEvent, standingOf } from '@drawbridge/contracts'

/**
 * What became of a reading. `unconfirmed`: it differs too much, and others must agree with it first. `included`: its own
 * decision was missed, and a later one, which is known, includes it.
 */
export const TICK_OUTCOMES = ['judged', 'unconfirmed', 'rejected', 'included'] as const
export type TickOutcome = (typeof TICK_OUTCOMES)[number]

export interface TickDecision {
  readonly outcome: TickOutcome
  /** The version of that decision. */
  readonly version: number
  /** Why it was rejected, or what it waits for; null where it was judged. */
  readonly reason: string | null
}

/** What a decision says of the reading that it is about. */
export function decisionOn({ facts, state }: RiskEvent): TickDecision {
  const { version } = state
  const rejected = facts.find((fact) => fact.kind === 'tick-rejected')
  if (rejected !== undefined) return { outcome: 'rejected', version, reason: rejected.reason }
  const { code, reason } = standingOf(state)
  return code === 'unconfirmed'
    ? { outcome: 'unconfirmed', version, reason }
    : { outcome: 'judged', version, reason: null }
}

/** What a later decision says of a reading whose own was missed. */
export function includedIn({ state }: RiskEvent): TickDecision {
  return {
    outcome: 'included',
    version: state.version,
    reason: 'its own decision was missed; this later one includes it',
  }
}

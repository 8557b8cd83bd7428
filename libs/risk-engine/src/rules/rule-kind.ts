import type { Amount, Fact, Hold, Limits, PauseEnd, Rule, TraderState } from '@drawbridge/contracts'
import type { NextState } from '../state.ts'

/** The state of a trader that has reported equity. */
export type Account = NextState & { equity: Amount; peakEquity: Amount; dayEquity: Amount }

export function hasReported(state: TraderState): state is TraderState & Account {
  return state.equity !== null && state.peakEquity !== null && state.dayEquity !== null
}

/** A kind of limit that an account can break. */
export interface RuleKind {
  readonly name: Rule
  /** Whether a new trading day starts without a loss by it. */
  readonly isDaily: boolean
  /** Percent of the base, inclusive; null: not judged. */
  limitPct(limits: Limits): Amount | null
  /** How the pause ends that it makes. */
  pauseEnd(limits: Limits): PauseEnd
  loss(account: Account): Amount
  /** What the loss is a percentage of. */
  base(account: Account, limits: Limits): Amount
  /**
   * From now on measures from the equity known now: otherwise the same limit would break again at the next tick, for ever.
   * @returns what it changed; null: nothing
   */
  rebase(account: Account, ended: Hold): Fact | null
}

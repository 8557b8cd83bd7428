import type { Fact, TraderState } from '@drawbridge/contracts'

/** A trader of whom nothing is known. */
export const INITIAL_STATE: TraderState = {
  version: 0,
  inputSeq: 0,
  firstInputSeq: 0,
  time: null,
  clock: '',
  firstEquity: null,
  equity: null,
  balance: null,
  peakEquity: null,
  dayStartedAt: null,
  nextResetAt: null,
  dayEquity: null,
  dayBalance: null,
  pause: null,
  unenforced: [],
  warned: [],
  lastTickAt: null,
  staleSince: null,
  limits: null,
  pendingLimits: [],
}

/** The next state while a decision is being made, and what has happened so far. Never leaves `decide`. */
export interface Draft {
  readonly state: { -readonly [K in keyof TraderState]: TraderState[K] }
  readonly facts: Fact[]
}

/** A copy to work on, one version on. Written as one literal: spreads cost seven times as much. */
export function draftAfter(state: TraderState, inputSeq: number): Draft {
  return {
    state: {
      version: state.version + 1,
      inputSeq,
      firstInputSeq: state.version === 0 ? inputSeq : state.firstInputSeq,
      time: state.time,
      clock: state.clock,
      firstEquity: state.firstEquity,
      equity: state.equity,
      balance: state.balance,
      peakEquity: state.peakEquity,
      dayStartedAt: state.dayStartedAt,
      nextResetAt: state.nextResetAt,
      dayEquity: state.dayEquity,
      dayBalance: state.dayBalance,
      pause: state.pause,
      unenforced: state.unenforced,
      warned: state.warned,
      lastTickAt: state.lastTickAt,
      staleSince: state.staleSince,
      limits: state.limits,
      pendingLimits: state.pendingLimits,
    },
    facts: [],
  }
}

import { NO_DOUBT, type RiskEvent, type TraderState } from '@drawbridge/contracts/pure'

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
  enforced: true,
  unenforced: [],
  warned: [],
  limitStates: [],
  limitsKey: '',
  doubt: NO_DOUBT,
  trades: null,
  flows: null,
  netDeposits: null,
  period: null,
  undo: null,
  nonZero: null,
  days: null,
  lastTickAt: null,
  staleSince: null,
  opensAt: null,
  limits: null,
  pendingLimits: [],
  sequence: null,
  currency: null,
}

/** The state after an input, while the input is decided. */
export type NextState = { -readonly [K in keyof TraderState]: TraderState[K] }

/** The state after an event: applied only forward, so that redelivery and replay change nothing. */
export function evolve(state: TraderState, event: RiskEvent): TraderState {
  return event.state.version > state.version ? event.state : state
}

import type { LimitState, Reading, Undo } from '@drawbridge/contracts'
import { lastReading } from './account.ts'
import type { Draft } from './draft.ts'
import { putBack } from './limits/limit-states.ts'
import { tradeLimit } from './trades.ts'

/** An undo that has all limits as they were; those that the reading leaves alone are left out of it at last. */
type NewUndo = Omit<Undo, 'limitStates'> & { limitStates: Undo['limitStates'] }

/** What a reading finds, so that what it changes can be undone. */
export function beforeReading({ state }: Draft, reading: Reading): NewUndo {
  return {
    reading,
    version: state.version,
    equity: state.equity,
    balance: state.balance,
    peakEquity: state.peakEquity,
    dayEquity: state.dayEquity,
    dayBalance: state.dayBalance,
    currency: state.currency,
    pending: state.doubt.pending,
    zeros: state.doubt.zeros,
    netDeposits: state.netDeposits,
    nonZero: state.nonZero,
    days: state.days,
    limitStates: state.limitStates,
  }
}

/** Keeps what a reading has changed. @param before what it found */
export function keepUndo({ state }: Draft, before: NewUndo): void {
  before.limitStates = changedOf(before.limitStates, state.limitStates)
  state.undo = before
}

/** Keeps what a reading that waited has changed at last. @param before what it found then */
export function extendUndo({ state }: Draft, before: readonly LimitState[]): void {
  const { undo } = state
  if (undo === null) return
  const known = new Set(undo.limitStates.map(({ name }) => name))
  const changed = changedOf(before, state.limitStates).filter(({ name }) => !known.has(name))
  if (changed.length > 0) state.undo = { ...undo, limitStates: [...undo.limitStates, ...changed] }
}

const NONE: readonly LimitState[] = []

/** The limits that a reading moved, as they were before; both lists are in the same order. */
function changedOf(before: readonly LimitState[], after: readonly LimitState[]): readonly LimitState[] {
  if (before.every((one, index) => isSame(one, after[index]))) return NONE
  return before.filter((one, index) => !isSame(one, after[index]))
}

function isSame(a: LimitState, b: LimitState | undefined): boolean {
  if (b === undefined || a.reference !== b.reference || a.active !== b.active || a.initial !== b.initial) return false
  return a.startEquity === b.startEquity && a.startBalance === b.startBalance
}

/** Brings the state back to before the last usable reading. Holds stay as they are. */
export function undoReading({ state, limits }: Draft, undo: Undo): void {
  restore(state, undo)
  const changed = new Map(undo.limitStates.map((one) => [one.name, one]))
  const known = lastReading(state)
  if (known === null) {
    state.limitStates = []
    // Without a reading nothing is broken.
    state.unenforced = state.unenforced.filter((name) => tradeLimit(name) !== null)
    return
  }
  state.limitStates = state.limitStates.map((one, index) => {
    const limit = limits.definitions.limits[index]
    const { warnedPct } = one
    const before = { ...(changed.get(one.name) ?? one), warnedPct }
    return limit === undefined ? before : putBack(limit, before, known)
  })
}

function restore(state: Draft['state'], undo: Undo): void {
  state.undo = null
  state.equity = undo.equity
  state.balance = undo.balance
  state.peakEquity = undo.peakEquity
  state.dayEquity = undo.dayEquity
  state.dayBalance = undo.dayBalance
  state.currency = undo.currency
  takeBackDeposits(state, undo.netDeposits)
  state.doubt = { ...state.doubt, pending: undo.pending, zeros: undo.zeros }
  state.nonZero = undo.nonZero
  state.days = undo.days
  if (undo.equity !== null) return
  state.firstEquity = null
  state.dayStartedAt = null
  state.nextResetAt = null
}

function takeBackDeposits(state: Draft['state'], before: Undo['netDeposits']): void {
  const { flows, netDeposits } = state
  state.netDeposits = before
  // Before the first reading there were no flows.
  if (flows !== null && state.equity === null) state.flows = { ...flows, total: 0n }
  if (flows === null || before === null || netDeposits === null || before === netDeposits) return
  state.flows = { ...flows, total: flows.total - (netDeposits - before) }
}

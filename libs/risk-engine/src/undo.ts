import type { LimitMemory, LimitState, Reading, Undo } from '@drawbridge/contracts/pure'
import { lastReading } from './account.ts'
import type { Draft } from './draft.ts'
import { putBack } from './limits/limit-states.ts'
import { tradeLimit } from './trades.ts'

const NONE: readonly LimitMemory[] = []

/** What a reading finds, so that what it changes can be undone; the limits that it moves follow. */
export function beforeReading({ state }: Draft, reading: Reading): Undo {
  return {
    reading,
    version: state.version,
    equity: state.equity,
    balance: state.balance,
    peakEquity: state.peakEquity,
    dayEquity: state.dayEquity,
    dayBalance: state.dayBalance,
    firstEquity: state.firstEquity,
    currency: state.currency,
    pending: state.doubt.pending,
    zeros: state.doubt.zeros,
    netDeposits: state.netDeposits,
    nonZero: state.nonZero,
    days: state.days,
    limitStates: NONE,
  }
}

/** Keeps the limits that a reading has moved. @param before what it found */
export function keepMoved({ state }: Draft, before: readonly LimitState[]): void {
  // Nearly all readings move none. What is measured from a reading by a rebase cannot be undone with it.
  if (state.limitStates === before || state.undo === null) return
  const moved = movedOf(before, state.limitStates)
  if (moved.length > 0) state.undo = { ...state.undo, limitStates: moved }
}

/** Keeps what a reading that waited has changed at last. @param before what it found then */
export function extendUndo({ state }: Draft, before: readonly LimitState[]): void {
  const { undo } = state
  if (undo === null) return
  const known = new Set(undo.limitStates.map(({ name }) => name))
  const changed = movedOf(before, state.limitStates).filter(({ name }) => !known.has(name))
  if (changed.length > 0) state.undo = { ...undo, limitStates: [...undo.limitStates, ...changed] }
}

/** The limits that a reading moved, as they were before; both lists are in the same order. */
function movedOf(before: readonly LimitState[], after: readonly LimitState[]): readonly LimitMemory[] {
  return before.filter((one, index) => !isSame(one, after[index])).map(memoryOf)
}

function memoryOf({ name, reference, startEquity, startBalance, initial, active }: LimitState): LimitMemory {
  return { name, reference, startEquity, startBalance, initial, active }
}

function isSame(a: LimitState, b: LimitState | undefined): boolean {
  if (a === b) return true
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
    const before = { ...one, ...changed.get(one.name) }
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
  state.firstEquity = undo.firstEquity
  state.currency = undo.currency
  takeBackDeposits(state, undo.netDeposits)
  state.doubt = { ...state.doubt, pending: undo.pending, zeros: undo.zeros }
  state.nonZero = undo.nonZero
  state.days = undo.days
  if (undo.equity !== null) return
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

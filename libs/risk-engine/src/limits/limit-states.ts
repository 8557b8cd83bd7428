import {
  type Amount,
  formatAmount,
  HUNDRED_PERCENT,
  type LimitDefinition,
  type LimitName,
  type LimitState,
  type Reading,
  type Window,
} from '@drawbridge/contracts/pure'
import type { JudgedLimit } from './judged-limit.ts'
import type { Account, Known } from './limit-kind.ts'
import { kindOf } from './limit-kinds.ts'
import { lineOf } from './line.ts'

/** A limit that is judged from now on. @param configured the initial balance in the settings; null: the first equity */
export function beginLimit(limit: JudgedLimit, account: Account, configured: Amount | null): LimitState {
  const measured = {
    reference: limit.kind.begin(limit, limit.reference, account),
    ...startOf(limit.window === 'day' ? account.dayStart : account.windowStart),
    initial: account.initial,
    active: limit.activeFrom === null,
  }
  return {
    name: limit.name,
    measure: limit.measure,
    tests: limit.tested,
    basis: basisOf(limit, configured),
    ...measured,
    warnedPct: null,
    blocks: limit.blockingTier >= 0,
    ...lineOf(limit, measured),
  }
}

/** Stands for a limit with a missing part: it blocks, and says why. */
export function incompleteLimit(name: LimitName, reason: string, { initial }: Account): LimitState {
  return {
    name,
    measure: 'loss',
    tests: 'equity',
    basis: 'incomplete',
    reference: null,
    startEquity: null,
    startBalance: null,
    initial,
    active: true,
    base: null,
    line: null,
    tierLines: [],
    blocks: true,
    warnedPct: null,
    blocksAt: null,
    uncomputable: reason,
  }
}

/** What a limit's memory belongs to. A limit that is measured otherwise begins again; one with another size goes on. */
export function basisOf({ window, reference, activeFrom }: LimitDefinition, configured: Amount | null): string {
  const from = activeFrom === null ? '' : '|from a profit'
  return `${window} ${kindOf(reference).basis(reference)}|${configured === null ? '' : formatAmount(configured)}${from}`
}

/**
 * The memory of a limit under settings that may be others than before.
 * @param configured the initial balance in the settings; null: the first equity
 */
export function adaptLimit(
  limit: JudgedLimit,
  known: LimitState | undefined,
  account: Account,
  configured: Amount | null,
): LimitState {
  const basis = basisOf(limit, configured)
  if (known === undefined) return beginLimit(limit, account, configured)
  if (known.basis === basis) return known
  const [measured, initial, from] = basis.split('|')
  const [measuredBefore, initialBefore, fromBefore] = known.basis.split('|')
  if (measured !== measuredBefore) return { ...beginLimit(limit, account, configured), warnedPct: known.warnedPct }
  // Where it has begun in this window, another profit does not undo that.
  const active = from === undefined || (from === fromBefore && known.active)
  // What the account began with stays where the settings say no other.
  if (configured === null || initial === initialBefore) return { ...known, basis, active }
  const reference = limit.kind.beganWith(known.reference, account.initial)
  return { ...known, basis, active, initial: account.initial, reference }
}

function startOf({ equity, balance }: Known): Pick<LimitState, 'startEquity' | 'startBalance'> {
  return { startEquity: equity, startBalance: balance }
}

/** The same memory under a limit that may have another size, other tiers or another lock. */
export function withLine(limit: JudgedLimit, state: LimitState): LimitState {
  const line = lineOf(limit, state)
  // What the last reading lacked, it lacks until the next one.
  const uncomputable = lacked(state) && state.active ? LACKS_BALANCE : line.uncomputable
  return {
    ...state,
    measure: limit.measure,
    tests: limit.tested,
    blocks: limit.blockingTier >= 0,
    ...line,
    uncomputable,
  }
}

/** The memory of a limit that the last confirmed reading is judged by again; that reading moves no reference any more. */
export function seenAgain(limit: JudgedLimit, state: LimitState, reading: Reading): LimitState {
  const active = state.active || isProfitReached(limit, state.startEquity, reading)
  return putBack(limit, { ...state, active }, reading)
}

/** A memory of before with the reading of that time, which begins nothing: another one may come in its place. */
export function putBack(limit: JudgedLimit, state: LimitState, reading: Reading): LimitState {
  return withLine(limit, { ...state, uncomputable: lacksOf(limit, reading) })
}

/** After one or more resets, in which windows began; these values were known last before. */
export function passReset(limit: JudgedLimit, state: LimitState, known: Known, begun: ReadonlySet<Window>): LimitState {
  const { kind } = limit
  if (!begun.has(limit.window)) {
    const reference = kind.closeDay(state.reference, limit.reference, known)
    return reference === state.reference ? state : withLine(limit, { ...state, reference })
  }
  return withLine(limit, {
    ...state,
    reference: kind.beginWindow(state.reference, limit.reference, known),
    ...startOf(known),
    active: limit.activeFrom === null,
  })
}

/**
 * After a confirmed reading: the same memory where it moves nothing, as nearly all do.
 * @param known its values as far as they can become references
 */
export function takeReading(limit: JudgedLimit, state: LimitState, reading: Reading, known: Known): LimitState {
  const moved = limit.kind.take(state.reference, limit.reference, known)
  const isStill =
    moved === null && !begins(state, known) && (state.active || !isProfitReached(limit, state.startEquity, reading))
  return isStill && !lacked(state) && lacksOf(limit, reading) === null
    ? state
    : moveTo(limit, state, reading, known, moved)
}

/** @param moved the reference from now on; null: it stays */
function moveTo(
  limit: JudgedLimit,
  state: LimitState,
  reading: Reading,
  known: Known,
  moved: Amount | null,
): LimitState {
  const reference = moved ?? state.reference
  const startEquity = state.startEquity ?? known.equity
  const startBalance = state.startBalance ?? known.balance
  const initial = state.initial ?? known.equity
  const active = state.active || isProfitReached(limit, startEquity, reading)
  const lacks = lacksOf(limit, reading)
  return withLine(limit, { ...state, reference, startEquity, startBalance, initial, active, uncomputable: lacks })
}

/** Whether a value is known that was not before. */
function begins({ startEquity, startBalance, initial }: LimitState, { equity, balance }: Known): boolean {
  if ((startEquity === null || initial === null) && equity !== null) return true
  return startBalance === null && balance !== null
}

const LACKS_BALANCE = 'the reading has no balance'

/** Why a limit cannot be computed for a reading: no field is carried over. */
function lacksOf(limit: JudgedLimit, { balance }: Reading): string | null {
  return balance === null && limit.usesBalance ? LACKS_BALANCE : null
}

function lacked({ uncomputable }: LimitState): boolean {
  return uncomputable === LACKS_BALANCE
}

function isProfitReached({ activeFrom }: LimitDefinition, start: Amount | null, { equity }: Reading): boolean {
  if (activeFrom === null || start === null) return false
  const profit = equity - start
  return activeFrom.kind === 'amount'
    ? profit >= activeFrom.amount
    : start > 0n && profit * HUNDRED_PERCENT >= activeFrom.percent * start
}

/** The memory measured from the tested value, so that the limit has its full room again; null: of nothing there is none. */
export function rebased(limit: JudgedLimit, state: LimitState, tested: Amount | null): LimitState | null {
  return tested === null || tested <= 0n ? null : withLine(limit, { ...state, reference: tested })
}

import {
  type Amount,
  formatAmount,
  HUNDRED_PERCENT,
  type LimitDefinition,
  type LimitName,
  type LimitState,
  type Reading,
  type Window,
} from '@drawbridge/contracts'
import type { Account, Known } from './limit-kind.ts'
import { kindOf } from './limit-kinds.ts'
import { lineOf, testedOf, usesBalance } from './line.ts'

/** A limit that is judged from now on. @param configured the initial balance in the settings; null: the first equity */
export function beginLimit(limit: LimitDefinition, account: Account, configured: Amount | null): LimitState {
  const measured = {
    reference: kindOf(limit.reference).begin(limit, limit.reference, account),
    ...startOf(limit.window === 'day' ? account.dayStart : account.windowStart),
    initial: account.initial,
    active: limit.activeFrom === null,
  }
  return {
    name: limit.name,
    measure: limit.measure,
    basis: basisOf(limit, configured),
    ...measured,
    tested: null,
    warnedPct: null,
    blocks: isBlocking(limit),
    ...lineOf(limit, measured),
  }
}

/** What stands for a limit of which a part is missing: it blocks, and says why. */
export function incompleteLimit(name: LimitName, reason: string, { initial }: Account): LimitState {
  return {
    name,
    measure: 'loss',
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
    tested: null,
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
  limit: LimitDefinition,
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
  const reference = kindOf(limit.reference).beganWith(known.reference, account.initial)
  return { ...known, basis, active, initial: account.initial, reference }
}

function startOf({ equity, balance }: Known): Pick<LimitState, 'startEquity' | 'startBalance'> {
  return { startEquity: equity, startBalance: balance }
}

function isBlocking({ tiers }: LimitDefinition): boolean {
  return tiers.some(({ action }) => action !== 'warn')
}

/** The same memory under a limit that may have another size, other tiers or another lock. */
export function withLine(limit: LimitDefinition, state: LimitState): LimitState {
  const line = lineOf(limit, state)
  // What the last reading lacked, it lacks until the next one.
  const uncomputable = lacked(state) && state.active ? LACKS_BALANCE : line.uncomputable
  return { ...state, measure: limit.measure, blocks: isBlocking(limit), ...line, uncomputable }
}

/** The memory of a limit that the last confirmed reading is judged by again; that reading moves no reference any more. */
export function seenAgain(limit: LimitDefinition, state: LimitState, reading: Reading): LimitState {
  const active = state.active || isProfitReached(limit, state.startEquity, reading)
  return putBack(limit, { ...state, active }, reading)
}

/** A memory of before with the reading of that time, which begins nothing: another one may come in its place. */
export function putBack(limit: LimitDefinition, state: LimitState, reading: Reading): LimitState {
  return withLine(limit, { ...state, tested: testedOf(limit, reading), uncomputable: lacksOf(limit, reading) })
}

/** After one or more resets, in which windows began; these values were known last before. */
export function passReset(
  limit: LimitDefinition,
  state: LimitState,
  known: Known,
  begun: ReadonlySet<Window>,
): LimitState {
  const kind = kindOf(limit.reference)
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

/** After a confirmed reading. @param known its values as far as they can become references */
export function takeReading(limit: LimitDefinition, state: LimitState, reading: Reading, known: Known): LimitState {
  const reference = kindOf(limit.reference).take(state.reference, limit.reference, known)
  const startEquity = state.startEquity ?? known.equity
  const startBalance = state.startBalance ?? known.balance
  const initial = state.initial ?? known.equity
  const tested = testedOf(limit, reading)
  const active = state.active || isProfitReached(limit, startEquity, reading)
  const lacks = lacksOf(limit, reading)
  const hasMoved = startEquity !== state.startEquity || startBalance !== state.startBalance || initial !== state.initial
  const isSame = reference === state.reference && active === state.active && !hasMoved
  if (isSame && lacks === null && !lacked(state)) {
    return withTested(state, tested)
  }
  const after = { ...state, reference, startEquity, startBalance, initial, active, tested, uncomputable: lacks }
  return withLine(limit, after)
}

/** Written as one literal, as every reading makes one: a spread costs several times as much. */
function withTested(state: LimitState, tested: Amount | null): LimitState {
  return {
    name: state.name,
    measure: state.measure,
    basis: state.basis,
    reference: state.reference,
    startEquity: state.startEquity,
    startBalance: state.startBalance,
    initial: state.initial,
    active: state.active,
    base: state.base,
    line: state.line,
    tierLines: state.tierLines,
    blocks: state.blocks,
    warnedPct: state.warnedPct,
    blocksAt: state.blocksAt,
    tested,
    uncomputable: state.uncomputable,
  }
}

const LACKS_BALANCE = 'the reading has no balance'

/** Why a limit cannot be computed for a reading: no field is carried over. */
function lacksOf(limit: LimitDefinition, { balance }: Reading): string | null {
  return balance === null && usesBalance(limit) ? LACKS_BALANCE : null
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
export function rebased(limit: LimitDefinition, state: LimitState): LimitState | null {
  const { tested } = state
  return tested === null || tested <= 0n ? null : withLine(limit, { ...state, reference: tested })
}

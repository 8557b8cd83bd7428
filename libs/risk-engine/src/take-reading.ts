import type { Amount, LimitState, Reading } from '@drawbridge/contracts/pure'
import { adaptLimits, configuredInitial, firstValues, knownOf } from './account.ts'
import { moveByFlow } from './cash-flow.ts'
import { takeCurrency } from './currency.ts'
import { resetsAround } from './daily-reset.ts'
import type { Draft } from './draft.ts'
import { judge } from './judge.ts'
import type { Known } from './limits/limit-kind.ts'
import { takeReading as take } from './limits/limit-states.ts'
import { isZero } from './zero.ts'

/** Takes a confirmed reading and judges it. */
export function takeReading(draft: Draft, reading: Reading): void {
  const { state, limits } = draft
  const isFirst = state.equity === null
  if (!isFirst) takeDeposits(draft, reading.netDeposits)
  const known = knownOf(reading, limits)
  rememberNonZero(draft, reading)
  takeCurrency(draft, reading.currency)
  state.equity = reading.equity
  state.balance = reading.balance
  state.netDeposits = reading.netDeposits ?? state.netDeposits
  if (isFirst) beginAccount(draft, reading)
  state.firstEquity ??= known.equity
  state.dayEquity ??= known.equity
  state.dayBalance ??= known.balance
  if (known.equity !== null && (state.peakEquity === null || known.equity > state.peakEquity)) {
    state.peakEquity = known.equity
  }
  countDay(draft)
  if (isFirst) adaptLimits(state, limits, true)
  moveLimits(draft, reading, known)
  judge(draft)
}

/** The same list where the reading moves no limit, as nearly all do. */
function moveLimits({ state, limits }: Draft, reading: Reading, known: Known): void {
  const definitions = limits.definitions.limits
  const before = state.limitStates
  let after: LimitState[] | null = null
  for (let index = 0; index < before.length; index += 1) {
    const one = before[index]
    const limit = definitions[index]
    if (one === undefined || limit === undefined) continue
    const taken = take(limit, one, reading, known)
    if (taken === one) continue
    after ??= [...before]
    after[index] = taken
  }
  if (after !== null) state.limitStates = after
}

function beginAccount(draft: Draft, reading: Reading): void {
  const { state, limits, now } = draft
  const { period } = state
  const initial = configuredInitial(state, limits)
  const start = firstValues(state, limits)
  state.peakEquity = period?.peak ?? initial ?? reading.equity
  state.dayStartedAt = now
  state.dayEquity = period?.dayStart ?? start.equity
  state.dayBalance = start.balance
  state.nextResetAt = resetsAround(now, limits).next
}

/** Money that a bot tells of moves references as a command would. */
function takeDeposits(draft: Draft, netDeposits: Amount | null): void {
  const { state, facts } = draft
  if (netDeposits === null || state.netDeposits === null || netDeposits === state.netDeposits) return
  const amount = netDeposits - state.netDeposits
  moveByFlow(draft, amount)
  facts.push({ kind: 'cash-flow', amount, reason: 'net_deposits of the tick', by: null })
}

/** Keeps the values that a 0 replaces, as long as it is there: readings may be confirmed by the time of the reset. */
function rememberNonZero({ state }: Draft, { equity, balance }: Reading): void {
  if (!isZero(equity) && !isZero(balance)) {
    if (state.nonZero !== null) state.nonZero = null
  } else keepNonZero(state, equity, balance)
}

function keepNonZero(state: Draft['state'], equity: Amount, balance: Amount | null): void {
  state.nonZero = {
    equity: orBefore(equity, state.equity, state.nonZero?.equity),
    balance: orBefore(balance, state.balance, state.nonZero?.balance),
  }
}

/** A value other than 0, or the last such one; null: there is none, as none is carried over a reading that lacks it. */
function orBefore(value: Amount | null, last: Amount | null, known: Amount | null | undefined): Amount | null {
  if (value !== 0n) return value
  if (known !== undefined) return known
  return last === 0n ? null : last
}

function countDay({ state }: Draft): void {
  const { days } = state
  if (days?.isCounted === true) return
  state.days = { best: days?.best ?? null, sum: days?.sum ?? 0n, count: (days?.count ?? 0) + 1, isCounted: true }
}

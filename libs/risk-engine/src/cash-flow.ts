import {
  AMOUNT_BOUND,
  type Amount,
  authorOf,
  FLOWS_REMEMBERED,
  type FlowMemory,
  type LimitState,
  type TraderControl,
} from '@drawbridge/contracts/pure'
import type { Draft } from './draft.ts'
import type { JudgedLimit } from './limits/judged-limit.ts'
import { withLine } from './limits/limit-states.ts'

type CashFlow = Extract<TraderControl, { kind: 'cash-flow' }>

/** Whether a flow was counted before. */
export function isKnownFlow({ state }: Draft, { id }: CashFlow): boolean {
  return id !== null && state.flows?.known.some((one) => one.id === id) === true
}

/** Why a flow cannot be taken; null: it can. @param equity the last confirmed before it */
export function flowRefusal({ state, limits, input }: Draft, flow: CashFlow, equity: Amount | null): string | null {
  if (limits.netDeposits) return 'the net_deposits of ticks are the cash flows of this trader: it takes no commands'
  const known = state.flows?.known ?? []
  const at = flow.at ?? input.time
  if (flow.id !== null && known.length >= FLOWS_REMEMBERED && known.every((one) => at < one.at)) {
    return `at is older than the last ${FLOWS_REMEMBERED} cash flows: nobody knows whether it was counted`
  }
  if (equity === null) return 'the trader has not reported any equity yet'
  const { amount, force } = flow
  const after = equity + amount
  if (after >= AMOUNT_BOUND || after <= -AMOUNT_BOUND) return 'amount would bring the account to 1e15 or beyond'
  if (force) return null
  if (after <= 0n) return 'amount would leave nothing of the equity: add "force": true if that is so'
  const size = amount < 0n ? -amount : amount
  return size > equity ? 'amount is larger than the equity: add "force": true if that is so' : null
}

/** Moves everything by a flow and records it. */
export function takeFlow(draft: Draft, flow: CashFlow): void {
  const { state, facts, input } = draft
  const { id, amount, reason } = flow
  facts.push({ kind: 'cash-flow', amount, reason, ...authorOf(flow) })
  moveByFlow(draft, amount)
  if (id !== null && state.flows !== null) state.flows = remembered(state.flows, id, flow.at ?? input.time)
}

function remembered(flows: FlowMemory, id: string, at: number): FlowMemory {
  return { ...flows, known: [...flows.known, { id, at }].slice(-FLOWS_REMEMBERED) }
}

/** Moves the last reading, one that waits, and what limits are measured from, each limit's in its own way. */
export function moveByFlow({ state, limits }: Draft, amount: Amount): void {
  const { equity } = state
  if (equity === null) return
  const shift = (value: Amount | null): Amount | null => (value === null ? null : value + amount)
  const after = equity + amount
  state.flows = { known: [], last: null, ...state.flows, total: (state.flows?.total ?? 0n) + amount }
  state.equity = after
  state.balance = shift(state.balance)
  if (state.nonZero !== null) {
    state.nonZero = { equity: shift(state.nonZero.equity), balance: shift(state.nonZero.balance) }
  }
  const { pending } = state.doubt
  if (pending !== null) {
    const moved = (reading: typeof pending.nearest) => ({
      ...reading,
      equity: reading.equity + amount,
      balance: shift(reading.balance),
    })
    const [nearest, newest] = [moved(pending.nearest), moved(pending.newest)]
    state.doubt = { ...state.doubt, pending: { ...pending, nearest, newest } }
  }
  // An equity of 0 or less has no percentages: such an account needs a restart.
  if (equity > 0n) {
    state.dayEquity = shift(state.dayEquity)
    state.dayBalance = shift(state.dayBalance)
    if (state.peakEquity !== null && after > 0n) state.peakEquity = scaled(state.peakEquity, equity, after, 'up')
  }
  state.limitStates = state.limitStates.map((known, index) => {
    const limit = limits.definitions.limits[index]
    return limit === undefined ? known : moveLimit(limit, known, equity, amount)
  })
}

function moveLimit(limit: JudgedLimit, state: LimitState, equity: Amount, amount: Amount): LimitState {
  if (equity <= 0n) return state
  const after = equity + amount
  const move = (value: Amount): Amount => {
    switch (limit.flows) {
      case 'scale':
        return after <= 0n ? value : scaled(value, equity, after, limit.measure === 'loss' ? 'up' : 'down')
      case 'shift':
        return value + amount
      case 'fixed':
        return value
      default:
        return limit.flows satisfies never
    }
  }
  return withLine(limit, {
    ...state,
    reference: state.reference === null ? null : move(state.reference),
    startEquity: state.startEquity === null ? null : move(state.startEquity),
    startBalance: state.startBalance === null ? null : move(state.startBalance),
    initial: state.initial === null ? null : move(state.initial),
  })
}

/** A value in proportion to equity, rounded toward the tighter side: up for a loss. Both equities are above 0. */
function scaled(value: Amount, before: Amount, after: Amount, side: 'up' | 'down'): Amount {
  const product = value * after
  const quotient = product / before
  if (quotient * before === product) return quotient
  // Division cuts toward 0.
  if (side === 'up') return product > 0n ? quotient + 1n : quotient
  return product > 0n ? quotient : quotient - 1n
}

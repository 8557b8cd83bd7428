import { type Amount, HUNDRED_PERCENT, percentOf, type TraderState } from '@drawbridge/contracts/pure'
import { configuredInitial } from './account.ts'
import type { ResolvedLimits } from './configuration.ts'

/** What is told of an account and never blocks; a part is null where it is not asked for, or nothing is known. */
export interface Report {
  /** How large a share of the profit the best day has. */
  readonly consistency: {
    readonly bestDay: Amount
    readonly profit: Amount
    /** Null: there is no profit. */
    readonly sharePct: Amount | null
    /** The profit at which the share of the best day is allowed. */
    readonly profitNeeded: Amount
    readonly isMet: boolean
  } | null
  readonly minDays: { readonly days: number; readonly isMet: boolean } | null
  readonly profitTarget: { readonly target: Amount; readonly distance: Amount } | null
}

/** Results are of trading days, from start to close, net of cash flows; today counts. */
export function reportOf(state: TraderState, limits: ResolvedLimits): Report {
  const { days } = state
  return {
    consistency: consistencyOf(state, limits),
    minDays: limits.minDays === null ? null : { days: days?.count ?? 0, isMet: (days?.count ?? 0) >= limits.minDays },
    profitTarget: profitTargetOf(state, limits),
  }
}

function consistencyOf(
  { days, equity, dayEquity }: TraderState,
  { consistency }: ResolvedLimits,
): Report['consistency'] {
  if (consistency === null || days === null || equity === null || dayEquity === null) return null
  const today = equity - dayEquity
  const bestDay = days.best === null || (days.isCounted && today > days.best) ? today : days.best
  const profit = days.sum + today
  const needed = bestDay <= 0n ? 0n : roundedUp(bestDay * HUNDRED_PERCENT, consistency.percent)
  const share = bestDay * HUNDRED_PERCENT
  const most = consistency.percent * profit
  return {
    bestDay,
    profit,
    sharePct: profit <= 0n ? null : percentOf(bestDay, profit),
    profitNeeded: needed,
    isMet: profit > 0n && (consistency.strict ? share < most : share <= most),
  }
}

function profitTargetOf(state: TraderState, limits: ResolvedLimits): Report['profitTarget'] {
  const { equity, firstEquity } = state
  const { profitTarget } = limits
  const initial = configuredInitial(state, limits) ?? firstEquity
  if (profitTarget === null || equity === null || initial === null) return null
  const profit =
    profitTarget.kind === 'amount' ? profitTarget.amount : roundedUp(initial * profitTarget.percent, HUNDRED_PERCENT)
  const target = initial + profit + (state.flows?.total ?? 0n)
  return { target, distance: target - equity }
}

/** The quotient, rounded up. @param divisor above 0 */
function roundedUp(product: bigint, divisor: bigint): Amount {
  // Division cuts toward 0.
  return product > 0n ? (product + divisor - 1n) / divisor : product / divisor
}

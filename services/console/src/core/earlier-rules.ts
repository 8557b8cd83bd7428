import { type Amount, formatAmount, HUNDRED_PERCENT, type LimitState, type TraderState } from '@drawbridge/contracts'
import type { ResolvedLimits } from '@drawbridge/risk-engine'

/** Rules before version 6 knew two limits, and their events say nothing of lines: those follow from the rest of the state. */
export function statesOfEarlierRules(state: TraderState, limits: ResolvedLimits): readonly LimitState[] {
  const { equity, dayEquity, peakEquity, firstEquity } = state
  if (equity === null || dayEquity === null || peakEquity === null) return []
  const initial = limits.initialBalance ?? firstEquity ?? 0n
  const states: LimitState[] = []
  const add = (name: string, limitPct: Amount | null, reference: Amount, base: Amount) => {
    if (limitPct !== null)
      states.push({
        name,
        startEquity: dayEquity,
        startBalance: state.dayBalance,
        initial,
        ...lineOf(limitPct, reference, base),
      })
  }
  add('max_daily_loss', limits.maxDailyLossPct, dayEquity, dailyLossBaseOf(state, limits, dayEquity))
  add('max_drawdown', limits.maxDrawdownPct, peakEquity, peakEquity)
  return states
}

function lineOf(limitPct: Amount, reference: Amount, base: Amount) {
  const known = {
    measure: 'loss',
    tests: 'equity',
    basis: '',
    active: true,
    blocks: true,
    warnedPct: null,
    tierLines: [],
    reference,
    base,
  } as const
  if (base <= 0n) {
    return { ...known, line: null, blocksAt: null, uncomputable: `what its percentage is of is ${formatAmount(base)}` }
  }
  const line = reference - leastBreakingLoss(limitPct, base)
  return { ...known, line, blocksAt: line, uncomputable: null }
}

function dailyLossBaseOf(
  { dayBalance, firstEquity }: TraderState,
  { dailyLossBase, initialBalance }: ResolvedLimits,
  dayEquity: Amount,
): Amount {
  switch (dailyLossBase) {
    case 'initial-balance':
      return initialBalance ?? firstEquity ?? 0n
    case 'equity-at-reset':
      return dayEquity
    case 'balance-at-reset':
      return dayBalance ?? dayEquity
    default:
      return dailyLossBase satisfies never
  }
}

/** The smallest loss of at least `limitPct` of the base: bounds are inclusive, and amounts have units of 1e-8. */
function leastBreakingLoss(limitPct: Amount, base: Amount): Amount {
  return (limitPct * base + HUNDRED_PERCENT - 1n) / HUNDRED_PERCENT
}

import type { Amount, Limits } from '@drawbridge/contracts'

/** Limits with what the rules need at hand of them. */
export interface ResolvedLimits extends Limits {
  /** Names the time base and the daily reset; a trader whose state names another works out its next reset anew. */
  readonly clock: string
  /** Where warnings of the rules begin: percent of percent, so a hundred times finer than a limit. Null: not judged. */
  readonly dailyLossWarnsAt: Amount | null
  readonly drawdownWarnsAt: Amount | null
}

export function resolve(limits: Limits): ResolvedLimits {
  const { maxDailyLossPct, maxDrawdownPct, warnAtPct } = limits
  return {
    ...limits,
    clock: `${limits.timeBase} ${limits.resetTime} ${limits.resetTimeZone}`,
    dailyLossWarnsAt: maxDailyLossPct === null ? null : maxDailyLossPct * warnAtPct,
    drawdownWarnsAt: maxDrawdownPct === null ? null : maxDrawdownPct * warnAtPct,
  }
}

/** The limits alone. */
export function unresolved(limits: ResolvedLimits): Limits {
  const { clock: _clock, dailyLossWarnsAt: _dailyLoss, drawdownWarnsAt: _drawdown, ...plain } = limits
  return plain
}

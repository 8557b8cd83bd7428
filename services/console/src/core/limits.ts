import {
  type Amount,
  type ConfigEvent,
  formatAmount,
  type Instant,
  type Limits,
  percentOf,
  type Rule,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  limitsOf,
  ownLimitsAt,
} from '@drawbridge/risk-engine'

/** The configuration from these events; null: the log had none of that kind. */
export function configurationOf(flags: ConfigEvent | null, limits: ConfigEvent | null): Configuration {
  const events = [flags, limits].filter((event) => event !== null)
  return events.sort((a, b) => a.inputSeq - b.inputSeq).reduce(applyConfiguration, BUILT_IN_CONFIGURATION)
}

/** The limits in force for a trader with that state at a JetStream time. */
export function limitsInForce(
  configuration: Configuration,
  trader: TraderId,
  state: TraderState | null,
  at: Instant,
): Limits {
  return limitsOf(configuration, trader, state === null ? null : ownLimitsAt(state, at), at)
}

export const HUNDRED_PERCENT = 100_00000000n

/** How far an account is from a limit. */
export interface Distance {
  readonly rule: Rule
  /** Null: not judged. */
  readonly limitPct: Amount | null
  /** The loss in percent of {@link base}, truncated to 8 decimals; below 0: a gain. */
  readonly observedPct: Amount
  readonly loss: Amount
  /** The equity from which the loss is measured: the day's baseline, or the peak. */
  readonly from: Amount
  /** The percentage is the loss over this amount. */
  readonly base: Amount
  /** The highest equity that breaches the limit; null: none does. */
  readonly breaksAt: Amount | null
  /** How much more may be lost until then, 0 or less if the limit is reached; null: unlimited. */
  readonly room: Amount | null
}

/** The distance to each limit, judged or not; empty before the first equity. */
export function distancesOf(state: TraderState, limits: Limits): readonly Distance[] {
  const { equity, dayEquity, peakEquity } = state
  if (equity === null || dayEquity === null || peakEquity === null) return []
  const dailyLossBase = dailyLossBaseOf(state, limits, dayEquity)
  return [
    distance('max_daily_loss', limits.maxDailyLossPct, equity, dayEquity, dailyLossBase),
    distance('max_drawdown', limits.maxDrawdownPct, equity, peakEquity, peakEquity),
  ]
}

function dailyLossBaseOf(state: TraderState, limits: Limits, dayEquity: Amount): Amount {
  switch (limits.dailyLossBase) {
    case 'initial-balance':
      return limits.initialBalance ?? state.firstEquity ?? 0n
    case 'equity-at-reset':
      return dayEquity
    case 'balance-at-reset':
      return state.dayBalance ?? dayEquity
    default:
      return limits.dailyLossBase satisfies never
  }
}

function distance(rule: Rule, limitPct: Amount | null, equity: Amount, from: Amount, base: Amount): Distance {
  const loss = from - equity
  const breaksAt = limitPct === null || base <= 0n ? null : from - leastBreakingLoss(limitPct, base)
  const room = breaksAt === null ? null : equity - breaksAt
  return { rule, limitPct, observedPct: percentOf(loss, base), loss, from, base, breaksAt, room }
}

/** The smallest loss of at least `limitPct` of the base: bounds are inclusive, and amounts have units of 1e-8. */
function leastBreakingLoss(limitPct: Amount, base: Amount): Amount {
  return (limitPct * base + HUNDRED_PERCENT - 1n) / HUNDRED_PERCENT
}

/** The JSON of the answer: amounts and percentages are decimal strings. */
export function distanceToMessage(distance: Distance): object {
  const inText = (value: unknown) => (typeof value === 'bigint' ? formatAmount(value) : value)
  return Object.fromEntries(Object.entries(distance).map(([name, value]) => [name, inText(value)]))
}

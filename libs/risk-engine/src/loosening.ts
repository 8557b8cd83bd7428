import type { Amount, Instant, LimitOverrides, Limits, PendingLimits, TraderState } from '@drawbridge/contracts'

/** More is looser. Null: nobody can say which of two values is, so that any other one counts as looser. */
type Looseness<T> = ((value: T) => number | bigint) | null

/** Above every percentage: no limit is the loosest. */
const NO_LIMIT: Amount = 10n ** 23n
const PAUSE_ENDS = ['manual', 'next-day', 'timer'] as const

/**
 * A change may be told from a trick only where values have an order. Another initial balance, base, reset or clock can
 * make room for a loss as well as a higher limit can. A warning holds nothing up, so that nothing is loosened by it.
 */
const LOOSENESS: { readonly [K in keyof Limits]: Looseness<Limits[K]> } = {
  maxDailyLossPct: (percent) => percent ?? NO_LIMIT,
  maxDrawdownPct: (percent) => percent ?? NO_LIMIT,
  stopTradingMinutes: (minutes) => -minutes,
  dailyLossEnds: (end) => PAUSE_ENDS.indexOf(end),
  drawdownEnds: (end) => PAUSE_ENDS.indexOf(end),
  staleAfterSeconds: (seconds) => seconds ?? Number.POSITIVE_INFINITY,
  loosenAfterMinutes: (minutes) => -minutes,
  warnAtPct: () => 0,
  initialBalance: null,
  dailyLossBase: null,
  resetTime: null,
  resetTimeZone: null,
  timeBase: null,
}

function loosens<K extends keyof Limits>(name: K, from: Limits[K], to: Limits[K]): boolean {
  if (from === to) return false
  const looseness: Looseness<Limits[K]> = LOOSENESS[name]
  return looseness === null || looseness(to) > looseness(from)
}

/** A change in two: what takes force at once, and what waits, because it loosens. */
export interface SplitChange {
  readonly now: LimitOverrides
  readonly pending: LimitOverrides
}

/** @param from what is in force, and says whether loosening waits */
export function splitChange(change: LimitOverrides, from: Limits): SplitChange {
  if (from.loosenAfterMinutes === 0) return { now: change, pending: {} }
  const waits = (name: keyof Limits) => loosens(name, from[name], { ...from, ...change }[name])
  return { now: pick(change, (name) => !waits(name)), pending: pick(change, waits) }
}

/** When a change that came at `time` loosens what is in force. */
export function loosenedAt(time: Instant, from: Limits): Instant {
  return time + from.loosenAfterMinutes * 60_000
}

/** What is said of a field last is what counts: it takes the place of what waits of it. */
export function without(limits: LimitOverrides, change: LimitOverrides): LimitOverrides {
  return pick(limits, (name) => !(name in change))
}

function pick(limits: LimitOverrides, which: (name: keyof Limits) => boolean): LimitOverrides {
  return Object.fromEntries(Object.entries(limits).filter(([name]) => which(name as keyof Limits)))
}

/** What the named fields are in these limits. */
export function valuesOf(limits: Limits, named: LimitOverrides): LimitOverrides {
  return Object.fromEntries(Object.keys(named).map((name) => [name, limits[name as keyof Limits]]))
}

export function isEmpty(limits: object): boolean {
  return Object.keys(limits).length === 0
}

/** All that is in force at `time` of what waited. */
export function dueOf(pending: readonly PendingLimits[], time: Instant): LimitOverrides {
  return Object.assign({}, ...pending.filter(({ at }) => at <= time).map(({ limits }) => limits))
}

/** The trader's own limits at a JetStream time, whether or not its state says yet that they are in force. */
export function ownLimitsAt({ limits, pendingLimits }: TraderState, time: Instant): LimitOverrides | null {
  if (pendingLimits.length === 0 || !pendingLimits.some(({ at }) => at <= time)) return limits
  return { ...limits, ...dueOf(pendingLimits, time) }
}

import {
  type Instant,
  LIMITS,
  type LimitOverrides,
  type Limits,
  type PendingLimits,
  type TraderState,
} from '@drawbridge/contracts'

function loosens(name: keyof Limits, from: unknown, to: unknown): boolean {
  const limit: { loosens(from: unknown, to: unknown): boolean } = LIMITS[name]
  return from !== to && limit.loosens(from, to)
}

/** The two parts of a change: what takes effect at once, and what waits because it loosens. */
interface SplitChange {
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

/** The last change of a field counts: it replaces a pending one. */
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

/** The pending limits that are in force at `time`. */
export function dueOf(pending: readonly PendingLimits[], time: Instant): LimitOverrides {
  return Object.assign({}, ...pending.filter(({ at }) => at <= time).map(({ limits }) => limits))
}

/** The trader's own limits at a JetStream time, whether or not its state says yet that they are in force. */
export function ownLimitsAt({ limits, pendingLimits }: TraderState, time: Instant): LimitOverrides | null {
  if (pendingLimits.length === 0 || !pendingLimits.some(({ at }) => at <= time)) return limits
  return { ...limits, ...dueOf(pendingLimits, time) }
}

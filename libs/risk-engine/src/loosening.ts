import {
  type Instant,
  LIMITS,
  type LimitOverrides,
  type LimitParameters,
  type Limits,
  mergeLimits,
  type NamedLimits,
  type PendingLimits,
  parameterLoosens,
  type TraderState,
} from '@drawbridge/contracts/pure'
import { exactText } from './exact-text.ts'

type FlatName = Exclude<keyof Limits, 'named'>

function loosens(name: FlatName, from: unknown, to: unknown): boolean {
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
  const { named = {}, ...flat } = change
  if (from.loosenAfterMinutes === 0) return { now: withNamed(flat, withoutStrangers(named, from)), pending: {} }
  const waits = (name: FlatName) => loosens(name, from[name], { ...from, ...flat }[name])
  const split = splitNamed(named, from)
  return {
    now: withNamed(
      pick(flat, (name) => !waits(name)),
      split.now,
    ),
    pending: withNamed(pick(flat, waits), split.pending),
  }
}

function withNamed(limits: LimitOverrides, named: NamedLimits): LimitOverrides {
  return isEmpty(named) ? limits : { ...limits, named }
}

/** To remove a limit that is not there changes nothing. */
function withoutStrangers(change: NamedLimits, { named }: Limits): NamedLimits {
  return Object.fromEntries(
    Object.entries(change).filter(([name, limit]) => limit !== null || (named[name] ?? null) !== null),
  )
}

/** The parameters that loosen a limit wait. A limit that is new tightens, one that is removed loosens. */
function splitNamed(change: NamedLimits, from: Limits): { readonly now: NamedLimits; readonly pending: NamedLimits } {
  const now: Record<string, LimitParameters | null> = {}
  const pending: Record<string, LimitParameters | null> = {}
  for (const [name, limit] of Object.entries(change)) {
    const known = from.named[name] ?? null
    if (limit === null) {
      if (known !== null) pending[name] = null
      continue
    }
    if (known === null) {
      now[name] = limit
      continue
    }
    const waits = (key: keyof LimitParameters) =>
      !isSame(known[key], limit[key]) &&
      // A time of day without a pause that ends at it is none.
      !(key === 'endsAt' && known.ends !== 'at') &&
      parameterLoosens(key, inFull(key, known, from), inFull(key, limit, from, known))
    const keys = Object.keys(limit) as (keyof LimitParameters)[]
    const part = (which: (key: keyof LimitParameters) => boolean): LimitParameters =>
      Object.fromEntries(keys.filter(which).map((key) => [key, limit[key]]))
    const [atOnce, later] = [part((key) => !waits(key)), part(waits)]
    if (!isEmpty(atOnce)) now[name] = atOnce
    if (!isEmpty(later)) pending[name] = later
  }
  return { now, pending }
}

/** What a parameter means where it is not written, as far as that has an order. */
function inFull(key: keyof LimitParameters, limit: LimitParameters, from: Limits, before = limit): unknown {
  const value = limit[key] ?? null
  if (value !== null) return value
  if (key === 'leastMinutes') return from.stopTradingMinutes
  if (key === 'ends') return (limit.window ?? before.window) === 'lifetime' ? 'timer' : 'next-window'
  return value
}

function isSame(a: unknown, b: unknown): boolean {
  return exactText(a) === exactText(b)
}

/** When a change that came at `time` loosens what is in force. */
export function loosenedAt(time: Instant, from: Limits): Instant {
  return time + from.loosenAfterMinutes * 60_000
}

/** The last change of a field counts: it replaces a pending one. */
export function without(limits: LimitOverrides, change: LimitOverrides): LimitOverrides {
  const { named, ...flat } = limits
  const left = pick(flat, (name) => !(name in change))
  return named === undefined ? left : withNamed(left, withoutNamed(named, change.named ?? {}))
}

function withoutNamed(limits: NamedLimits, change: NamedLimits): NamedLimits {
  const left: Record<string, LimitParameters | null> = {}
  for (const [name, limit] of Object.entries(limits)) {
    const changed = change[name]
    if (changed === null || (changed !== undefined && limit === null)) continue
    if (limit === null || changed === undefined) {
      left[name] = limit
      continue
    }
    const rest = Object.fromEntries(Object.entries(limit).filter(([key]) => !(key in changed)))
    if (!isEmpty(rest)) left[name] = rest
  }
  return left
}

function pick(limits: LimitOverrides, which: (name: FlatName) => boolean): LimitOverrides {
  return Object.fromEntries(Object.entries(limits).filter(([name]) => which(name as FlatName)))
}

/** What the named fields are in these limits; of a named limit the whole. */
export function valuesOf(limits: Limits, fields: LimitOverrides): LimitOverrides {
  return Object.fromEntries(
    Object.keys(fields).map((key) => [key, key === 'named' ? namedIn(limits, fields.named) : limits[key as FlatName]]),
  )
}

function namedIn(limits: Limits, fields: NamedLimits = {}): NamedLimits {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, limits.named[name] ?? null]))
}

export function isEmpty(limits: object): boolean {
  return Object.keys(limits).length === 0
}

/** The pending limits that are in force at `time`. */
export function dueOf(pending: readonly PendingLimits[], time: Instant): LimitOverrides {
  return pending
    .filter(({ at }) => at <= time)
    .reduce<LimitOverrides>((all, { limits }) => mergeLimits(all, limits), {})
}

/** The trader's own limits at a JetStream time, whether or not its state says yet that they are in force. */
export function ownLimitsAt({ limits, pendingLimits }: TraderState, time: Instant): LimitOverrides | null {
  if (pendingLimits.length === 0 || !pendingLimits.some(({ at }) => at <= time)) return limits
  return mergedOwn(limits, dueOf(pendingLimits, time))
}

/** A trader's own limits after a change of them. */
export function mergedOwn(own: LimitOverrides | null, change: LimitOverrides): LimitOverrides {
  return mergeLimits(own ?? {}, change)
}

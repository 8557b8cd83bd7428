import type { Window } from './calendar.ts'
import type { Action, Field, Flows, LimitSpec, PauseEnd, Settings, Size } from './config.ts'
import { compare, decimal, type Fraction } from './fractions.ts'

/** A limit with every parameter said. */
export interface Limit {
  readonly name: string
  readonly measure: 'loss' | 'profit'
  readonly tested: Field | 'lower'
  readonly window: Window
  readonly kind: 'start' | 'peak' | 'initial'
  readonly of: Field | 'higher'
  readonly sampled: 'continuous' | 'day-close'
  readonly size: Size
  readonly lock: Fraction | null
  /** The lowest first. */
  readonly tiers: readonly { readonly at: Fraction; readonly action: Action }[]
  readonly ends: Exclude<PauseEnd, 'next-day'>
  readonly endsAt: string | null
  readonly leastMinutes: number
  readonly onEnd: 'keep' | 'rebase'
  readonly flows: Flows
  readonly activeFrom: { readonly amount: Fraction } | { readonly percent: Fraction } | null
}

export const RANK: Readonly<Record<Action, number>> = { warn: 0, 'block-entries': 1, flatten: 2 }
export const blocks = (tier: { readonly action: Action }): boolean => tier.action !== 'warn'

export function resolve(name: string, spec: LimitSpec, settings: Settings): Limit {
  const ends = spec.ends ?? (spec.window === 'lifetime' ? 'timer' : 'next-window')
  const { profit } = spec.active_from ?? { profit: null }
  return {
    name,
    measure: spec.measure ?? 'loss',
    tested: spec.tested ?? 'equity',
    window: spec.window,
    kind: spec.reference.kind,
    of: spec.reference.of ?? 'equity',
    sampled: spec.reference.sampled === 'day-close' ? 'day-close' : 'continuous',
    size: spec.limit,
    lock: spec.lock ? decimal(spec.lock.initial_plus) : null,
    tiers: tiersOf(spec, settings),
    ends: ends === 'next-day' ? 'next-window' : ends,
    endsAt: spec.ends_at ?? null,
    leastMinutes: spec.least_minutes ?? settings.stop_trading_minutes,
    onEnd: spec.on_end ?? settings.on_end,
    flows: spec.flows ?? ('amount' in spec.limit ? 'shift' : 'scale'),
    activeFrom:
      profit === null
        ? null
        : 'amount' in profit
          ? { amount: decimal(profit.amount) }
          : { percent: decimal(profit.percent) },
  }
}

function tiersOf(spec: LimitSpec, settings: Settings): Limit['tiers'] {
  const tiers = spec.tiers ?? [
    // A warning at the line itself would come with the breach.
    ...(spec.warn_only === true || Number(settings.warn_at_percent) < 100
      ? [{ at_percent: settings.warn_at_percent, action: 'warn' as const }]
      : []),
    ...(spec.warn_only === true ? [] : [{ at_percent: 100, action: 'block-entries' as const }]),
  ]
  return tiers
    .map(({ at_percent, action }) => ({ at: decimal(at_percent), action }))
    .sort((a, b) => compare(a.at, b.at) || RANK[a.action] - RANK[b.action])
}

/** The fields of a reading without which the limit cannot be computed. */
export function needs(limit: Limit): ReadonlySet<Field> {
  const fields = new Set<Field>()
  const add = (of: Field | 'higher' | 'lower'): void => {
    if (of === 'higher' || of === 'lower') fields.add('equity').add('balance')
    else fields.add(of)
  }
  add(limit.tested)
  if (limit.kind !== 'initial') add(limit.of)
  if ('percent' in limit.size && limit.size.of === 'start-equity') add('equity')
  if ('percent' in limit.size && limit.size.of === 'start-balance') add('balance')
  return fields
}

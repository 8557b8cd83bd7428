import {
  LIMIT_PARAMETERS,
  type LimitOverrides,
  type LimitParameters,
  type LimitsMessage,
  limitsToMessage,
  type NamedLimits,
  UNSAID_PARAMETERS,
} from '@drawbridge/contracts'
import { isSame } from './same-value.ts'

/** Part of limits that differs between the settings and the log. Values are as people write them; undefined: not set. */
export interface LimitDifference {
  /** `max_drawdown`; `limits.weekly` for a limit in its long form, `limits.weekly.tiers` for a parameter of one. */
  readonly name: string
  readonly inForce: unknown
  readonly wanted: unknown
}

/** Where the limits of all or of a trader differ, and the change that puts those of the settings in force. */
export interface LimitDifferences {
  readonly differences: readonly LimitDifference[]
  /** Empty: they do not differ. */
  readonly change: LimitsMessage
}

/**
 * Compares limits. A command cannot unset a limit of a trader: what only the log has is given the value of all traders.
 * @param ofAll what the settings say for all traders; for the limits of all themselves, nothing
 */
export function compareLimits(wanted: LimitOverrides, logged: LimitOverrides, ofAll: LimitOverrides): LimitDifferences {
  const [ours, theirs, fallback] = [wanted, logged, ofAll].map(flat) as [Flat, Flat, Flat]
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
  const differing = names
    .map((name) => ({ name, inForce: theirs[name], wanted: name in ours ? ours[name] : fallback[name] }))
    .filter((difference) => difference.wanted !== undefined && !isSame(difference.wanted, difference.inForce))
  const unsaid = { ...UNSAID_PARAMETERS, on_end: wanted.onEnd ?? ofAll.onEnd ?? 'keep' }
  const named = compareNamed(wanted.named ?? {}, logged.named ?? {}, ofAll.named ?? {}, unsaid)
  const change: Record<string, unknown> = Object.fromEntries(differing.map((one) => [one.name, one.wanted]))
  if (named.differences.length > 0) change.limits = named.change
  return { differences: [...differing, ...named.differences], change: change as LimitsMessage }
}

type Flat = Readonly<Record<string, unknown>>

function flat({ named: _named, ...limits }: LimitOverrides): Flat {
  return limitsToMessage(limits)
}

interface NamedDifferences {
  readonly differences: readonly LimitDifference[]
  readonly change: Readonly<Record<string, unknown>>
}

function compareNamed(wanted: NamedLimits, logged: NamedLimits, ofAll: NamedLimits, unsaid: Flat): NamedDifferences {
  const differences: LimitDifference[] = []
  const change: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(logged)])) {
    const base = ofAll[name] ?? null
    const ours = name in wanted ? (wanted[name] ?? null) : base
    const theirs = logged[name]
    const place = `limits.${name}`
    if (ours === null || theirs === null || theirs === undefined) {
      // What nobody names is judged as for all traders.
      const has = theirs === undefined ? base : theirs
      if (ours === null && has === null) continue
      const [inForce, now] = [theirs && written(theirs), ours && written(ours)]
      differences.push({ name: place, inForce, wanted: now })
      change[name] = now
      continue
    }
    const common = { ...unsaid, ...written(base ?? {}) }
    const [before, after]: readonly [Flat, Flat] = [
      { ...common, ...written(theirs) },
      { ...common, ...written(ours) },
    ]
    const differing = Object.entries(after).filter(([key, value]) => !isSame(value, before[key]))
    if (differing.length === 0) continue
    differences.push(
      ...differing.map(([key, value]) => ({ name: `${place}.${key}`, inForce: before[key], wanted: value })),
    )
    change[name] = Object.fromEntries(differing)
  }
  return { differences, change }
}

function written(limit: LimitParameters): Flat {
  const entries = Object.entries(LIMIT_PARAMETERS) as [
    keyof LimitParameters,
    { readonly name: string; readonly value: { write(value: unknown): unknown } },
  ][]
  return Object.fromEntries(
    entries.flatMap(([key, { name, value }]) => (limit[key] === undefined ? [] : [[name, value.write(limit[key])]])),
  )
}

import type { Amount, Limits } from '@drawbridge/contracts'
import type { RuleKind } from './rules/rule-kind.ts'
import { RULE_KINDS } from './rules/rule-kinds.ts'
import { type Share, shareOf } from './share.ts'

/** Where a rule warns and breaks. */
export interface Threshold {
  readonly kind: RuleKind
  /** Percent; null: not judged. */
  readonly limitPct: Amount | null
  /** The share of the base at which warnings begin; null: not judged. */
  readonly warnsAt: Share | null
}

/** Limits with what the rules need at hand. */
export interface ResolvedLimits extends Limits {
  /** Names the time base and the daily reset; a trader whose state names another finds its next reset again. */
  readonly clock: string
  readonly thresholds: readonly Threshold[]
}

export function resolve(limits: Limits): ResolvedLimits {
  return {
    ...limits,
    clock: `${limits.timeBase} ${limits.resetTime} ${limits.resetTimeZone}`,
    thresholds: RULE_KINDS.map((kind) => {
      const limitPct = kind.limitPct(limits)
      return { kind, limitPct, warnsAt: limitPct === null ? null : shareOf(limitPct * limits.warnAtPct) }
    }),
  }
}

/** The limits alone. */
export function unresolved({ clock: _clock, thresholds: _thresholds, ...limits }: ResolvedLimits): Limits {
  return limits
}

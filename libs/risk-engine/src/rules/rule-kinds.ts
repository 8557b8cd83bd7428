import type { Rule } from '@drawbridge/contracts'
import { dailyLoss } from './max-daily-loss.ts'
import { drawdown } from './max-drawdown.ts'
import type { RuleKind } from './rule-kind.ts'

/** All rules, in the order in which they judge. */
export const RULE_KINDS: readonly RuleKind[] = [dailyLoss, drawdown]

export function isDaily(name: Rule): boolean {
  return RULE_KINDS.some((kind) => kind.isDaily && kind.name === name)
}

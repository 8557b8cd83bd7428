import { type Amount, formatAmount, HUNDRED_PERCENT, percentOf, type Rule } from '@drawbridge/contracts'
import type { Share } from './configuration.ts'
import type { Draft } from './draft.ts'
import { addHold, holdEnd, holds } from './pause.ts'
import { hasReported, type RuleKind } from './rules/rule-kind.ts'
import { RULE_KINDS } from './rules/rule-kinds.ts'

/** What a rule measures: what was lost, and the amount that it is a percentage of. */
interface Measured {
  readonly kind: RuleKind
  readonly loss: Amount
  readonly base: Amount
  readonly limitPct: Amount
}

/** Judges the equity just taken into the draft by every rule. */
export function judge(draft: Draft): void {
  const { state, limits, configuration } = draft
  if (configuration.enforcement && state.unenforced.length > 0) state.unenforced = []
  if (!hasReported(state)) return
  for (const { kind, limitPct, warnsAt } of limits.thresholds) {
    if (limitPct !== null && warnsAt !== null) {
      const loss = kind.loss(state)
      const base = kind.base(state, limits)
      if (isNear(loss, base, warnsAt)) {
        judgeNear(draft, { kind, loss, base, limitPct })
        continue
      }
    }
    recover(draft, kind.name)
  }
}

/**
 * Whether a loss has reached the warning threshold, inclusive. Needs no division, and an ordinary tick needs nothing else.
 * Nothing is a percentage of zero or less.
 */
function isNear(loss: Amount, base: Amount, warnsAt: Share): boolean {
  return loss > 0n && base > 0n && loss * warnsAt.whole >= base * warnsAt.part
}

function judgeNear(draft: Draft, measured: Measured): void {
  const { loss, base, limitPct, kind } = measured
  const isBroken = loss * HUNDRED_PERCENT >= limitPct * base
  if (isBroken) breach(draft, measured)
  else recoverUnenforced(draft, kind.name)
  if (holds(draft.state.pause, kind.name)) forgetWarning(draft, kind.name)
  else warn(draft, measured, isBroken)
}

/** Records a crossing of the threshold; if it breaks the limit too, there is a fact of that already. */
function warn({ state, facts }: Draft, { kind, loss, base, limitPct }: Measured, isBroken: boolean): void {
  const rule = kind.name
  if (state.warned.includes(rule)) return
  state.warned = RULE_KINDS.map(({ name }) => name).filter((name) => name === rule || state.warned.includes(name))
  if (!isBroken) facts.push({ kind: 'warned', rule, observedPct: percentOf(loss, base), limitPct })
}

function breach(draft: Draft, { kind, loss, base, limitPct }: Measured): void {
  const { state, facts, now, configuration } = draft
  const rule = kind.name
  const enforced = configuration.enforcement
  const isKnown = enforced ? holds(state.pause, rule) : state.unenforced.includes(rule)
  if (isKnown) return
  const observedPct = percentOf(loss, base)
  const until = enforced ? holdEnd(draft, kind) : null
  facts.push({ kind: 'breached', rule, observedPct, limitPct, loss, base, enforced, until })
  const reason = `${rule}: ${formatAmount(observedPct)} % reached the limit of ${formatAmount(limitPct)} %`
  if (enforced) addHold(draft, { holder: rule, at: now, until, reason })
  else state.unenforced = [...state.unenforced, rule]
}

function recover(draft: Draft, rule: Rule): void {
  recoverUnenforced(draft, rule)
  forgetWarning(draft, rule)
}

function recoverUnenforced({ state }: Draft, rule: Rule): void {
  if (state.unenforced.length > 0) state.unenforced = state.unenforced.filter((other) => other !== rule)
}

/** The next crossing is another one. */
function forgetWarning({ state }: Draft, rule: Rule): void {
  if (state.warned.length > 0) state.warned = state.warned.filter((other) => other !== rule)
}

import { type Amount, formatAmount, type Instant, percentOf, type Rule } from '@drawbridge/contracts'
import type { ResolvedLimits } from './configuration.ts'
import { addHold, holdEnd, holds } from './pause.ts'
import type { Draft } from './state.ts'

const HUNDRED_PERCENT = 100_00000000n

/** What a rule measures: what was lost, and the amount it is a percentage of. */
interface Measured {
  readonly rule: Rule
  readonly loss: Amount
  readonly base: Amount
  readonly limitPct: Amount
}

/** Judges the equity just taken into the draft by every limit. */
export function judge(draft: Draft, limits: ResolvedLimits, enforced: boolean, now: Instant): void {
  const { equity, peakEquity, dayEquity, unenforced } = draft.state
  if (equity === null || peakEquity === null || dayEquity === null) return
  if (enforced && unenforced.length > 0) draft.state.unenforced = []
  const { maxDailyLossPct, maxDrawdownPct } = limits
  const lossToday = dayEquity - equity
  const lossBase = dailyLossBase(draft, limits, dayEquity)
  if (maxDailyLossPct !== null && isBroken(lossToday, lossBase, maxDailyLossPct)) {
    const measured = { rule: 'max_daily_loss', loss: lossToday, base: lossBase, limitPct: maxDailyLossPct } as const
    breach(draft, measured, limits, enforced, now)
  } else recover(draft, 'max_daily_loss')
  const decline = peakEquity - equity
  if (maxDrawdownPct !== null && isBroken(decline, peakEquity, maxDrawdownPct)) {
    const measured = { rule: 'max_drawdown', loss: decline, base: peakEquity, limitPct: maxDrawdownPct } as const
    breach(draft, measured, limits, enforced, now)
  } else recover(draft, 'max_drawdown')
}

function dailyLossBase(draft: Draft, limits: ResolvedLimits, dayEquity: Amount): Amount {
  switch (limits.dailyLossBase) {
    case 'initial-balance':
      return limits.initialBalance ?? draft.state.firstEquity ?? 0n
    case 'equity-at-reset':
      return dayEquity
    case 'balance-at-reset':
      return draft.state.dayBalance ?? dayEquity
    default:
      return limits.dailyLossBase satisfies never
  }
}

/** `loss / base >= limit`, bounds inclusive, without a division. Nothing is a percentage of zero or less. */
function isBroken(loss: Amount, base: Amount, limitPct: Amount): boolean {
  if (loss <= 0n || base <= 0n) return false
  return loss * HUNDRED_PERCENT >= limitPct * base
}

function breach(draft: Draft, measured: Measured, limits: ResolvedLimits, enforced: boolean, now: Instant): void {
  const { state, facts } = draft
  const { rule, loss, base, limitPct } = measured
  const known = enforced ? holds(state.pause, rule) : state.unenforced.includes(rule)
  if (known) return
  const observedPct = percentOf(loss, base)
  const until = enforced ? holdEnd(rule, now, state.nextResetAt ?? now, limits) : null
  facts.push({ kind: 'breached', rule, observedPct, limitPct, loss, base, enforced, until })
  if (enforced) addHold(draft, { holder: rule, at: now, until, reason: breachReason(rule, observedPct, limitPct) })
  else state.unenforced = [...state.unenforced, rule]
}

function recover(draft: Draft, rule: Rule): void {
  const { unenforced } = draft.state
  if (unenforced.length > 0) draft.state.unenforced = unenforced.filter((other) => other !== rule)
}

function breachReason(rule: Rule, observedPct: Amount, limitPct: Amount): string {
  return `${rule}: ${formatAmount(observedPct)} % reached the limit of ${formatAmount(limitPct)} %`
}

import { type Amount, formatAmount, type Instant, percentOf, type Rule } from '@drawbridge/contracts'
import { addHold, holdEnd, holds } from './pause.ts'
import type { ResolvedLimits } from './resolved-limits.ts'
import type { Draft } from './state.ts'

const HUNDRED_PERCENT = 100_00000000n
const HUNDRED_PERCENT_SQUARED = HUNDRED_PERCENT * HUNDRED_PERCENT

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
  const { maxDailyLossPct, maxDrawdownPct, dailyLossWarnsAt, drawdownWarnsAt } = limits
  const lossToday = dayEquity - equity
  const lossBase = dailyLossBase(draft, limits, dayEquity)
  if (maxDailyLossPct !== null && isNear(lossToday, lossBase, dailyLossWarnsAt)) {
    const measured = { rule: 'max_daily_loss', loss: lossToday, base: lossBase, limitPct: maxDailyLossPct } as const
    judgeNear(draft, measured, limits, enforced, now)
  } else recover(draft, 'max_daily_loss')
  const decline = peakEquity - equity
  if (maxDrawdownPct !== null && isNear(decline, peakEquity, drawdownWarnsAt)) {
    const measured = { rule: 'max_drawdown', loss: decline, base: peakEquity, limitPct: maxDrawdownPct } as const
    judgeNear(draft, measured, limits, enforced, now)
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

/**
 * Whether a loss has come to where warnings begin, bounds inclusive, without a division: all that an ordinary tick needs
 * to be asked. Nothing is a percentage of zero or less.
 */
function isNear(loss: Amount, base: Amount, warnsAt: Amount | null): boolean {
  if (warnsAt === null || loss <= 0n || base <= 0n) return false
  return loss * HUNDRED_PERCENT_SQUARED >= warnsAt * base
}

function judgeNear(draft: Draft, measured: Measured, limits: ResolvedLimits, enforced: boolean, now: Instant): void {
  const { rule, loss, base, limitPct } = measured
  const isBroken = loss * HUNDRED_PERCENT >= limitPct * base
  if (isBroken) breach(draft, measured, limits, enforced, now)
  else recoverUnenforced(draft, rule)
  if (holds(draft.state.pause, rule)) forgetWarning(draft, rule)
  else warn(draft, measured, isBroken)
}

/** Takes note of a crossing; one that breaks the limit too has said so already. */
function warn({ state, facts }: Draft, { rule, loss, base, limitPct }: Measured, isBroken: boolean): void {
  if (state.warned.includes(rule)) return
  state.warned = rule === 'max_daily_loss' ? [rule, ...state.warned] : [...state.warned, rule]
  if (!isBroken) facts.push({ kind: 'warned', rule, observedPct: percentOf(loss, base), limitPct })
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

function breachReason(rule: Rule, observedPct: Amount, limitPct: Amount): string {
  return `${rule}: ${formatAmount(observedPct)} % reached the limit of ${formatAmount(limitPct)} %`
}

import type { Instant } from '@drawbridge/contracts/pure'
import { adaptLimits, closingValues, forgetInitial } from './account.ts'
import { limitsOf } from './configuration.ts'
import { confirmationAt, confirmPending } from './confirm.ts'
import { resetsAround } from './daily-reset.ts'
import type { Draft } from './draft.ts'
import { endHolds, forgetUnenforced, judge } from './judge.ts'
import { passReset } from './limits/limit-states.ts'
import { dueOf, isEmpty, mergedOwn, valuesOf } from './loosening.ts'
import { doResetsMatter } from './resets-that-matter.ts'
import { judgeSession } from './sessions.ts'
import { judgeSilence } from './silence.ts'
import { beginTradeWindow } from './trades.ts'
import { windowsBegun } from './windows.ts'

/** What is due at an input that is no tick: pending limits, and in server time what a moment brings. */
export function passWithoutTick(draft: Draft): void {
  applyDueLimits(draft)
  if (draft.limits.timeBase === 'event') {
    if (adaptLimits(draft.state, draft.limits)) judge(draft)
    else endHolds(draft)
    judgeSession(draft)
    return
  }
  passTime(draft)
  judgeSession(draft)
  judgeSilence(draft)
}

const WAITED = 'a loosening that had been asked for has waited long enough'

/** In event time, pending limits that are due take effect at the next input, whatever its time. */
export function applyDueLimits(draft: Draft): void {
  const { state, limits, input } = draft
  if (limits.timeBase === 'server') return
  const due = state.pendingLimits[0]
  if (due !== undefined && due.at <= input.time) takeDueLimits(draft, input.time)
}

/** Puts the pending limits of a moment in force, and judges by them. */
function takeDueLimits(draft: Draft, moment: Instant): void {
  const { trader, configuration, input, state, facts } = draft
  const due = dueOf(state.pendingLimits, moment)
  if (isEmpty(due)) return
  const previous = valuesOf(limitsOf(configuration, trader, state.limits, input.time), due)
  state.limits = mergedOwn(state.limits, due)
  state.pendingLimits = state.pendingLimits.filter(({ at }) => at > moment)
  facts.push({ kind: 'limits-changed', limits: due, previous, reason: WAITED, by: null })
  const before = draft.limits
  draft.limits = limitsOf(configuration, trader, state.limits, input.time)
  forgetInitial(state, before, draft.limits)
  state.undo = null
  if (state.clock !== '' && state.clock !== draft.limits.clock) changeClock(draft)
  planReset(draft, draft.now)
  if (adaptLimits(state, draft.limits)) judge(draft)
}

/**
 * Lets time pass up to the draft's `now`, in the order of time: daily resets, the ends of holds, the confirmation of a
 * reading that nothing contradicted. Resets between which nothing else happened are one new day, as no equity was heard.
 */
export function passTime(draft: Draft): void {
  const { state, now } = draft
  const { limits } = draft
  if (state.clock !== limits.clock) changeClock(draft)
  planReset(draft, state.time ?? now)
  if (adaptLimits(state, limits)) judge(draft)
  if (isNothingDue(draft)) {
    state.time = now
    return
  }
  passDue(draft)
}

/** Lets happen what is due up to the draft's `now`. */
function passDue(draft: Draft): void {
  const { state, now } = draft
  let alone = 0
  for (let due = nextDue(draft, now); due !== null; due = nextDue(draft, now)) {
    const isAlone = due.kind === 'reset' && alone < RESETS_ALONE && doResetsMatter(state, draft.limits, due.at)
    if (isAlone) alone += 1
    // What a command has made due belatedly happens with it.
    draft.now = Math.max(due.at, state.time ?? due.at)
    due.happen(draft, isAlone ? draft.now : nextDueBut(draft, due, now))
    planReset(draft, draft.now)
  }
  draft.now = now
  state.time = now
}

/** So many resets at most happen one by one where each of them may break something: by then every window has begun. */
const RESETS_ALONE = 40

/** Windows of trades begin with the first input, those of limits with the first confirmed reading. */
function planReset({ state, limits }: Draft, from: Instant): void {
  state.nextResetAt ??= resetsAround(from, limits).next
}

/** Whether nothing can be due, as at most inputs. */
function isNothingDue({ state, now }: Draft): boolean {
  if (state.pause !== null || state.doubt.pending !== null || state.pendingLimits.length > 0) return false
  return state.nextResetAt !== null && now < state.nextResetAt
}

/** Something that happens at a moment without an input. */
interface Due {
  readonly kind: 'reset' | 'change' | 'hold-end' | 'confirmation'
  readonly at: Instant
  /** @param before the moment of the next thing that is due, or the draft's time */
  happen(draft: Draft, before: Instant): void
}

/** What happens next; a reset comes before what ends at the same moment. */
function nextDue(draft: Draft, now: Instant): Due | null {
  let first: Due | null = null
  for (const due of duesOf(draft)) if (due.at <= now && (first === null || due.at < first.at)) first = due
  return first
}

function nextDueBut(draft: Draft, but: Due, now: Instant): Instant {
  const others = duesOf(draft).filter(({ kind, at }) => kind !== but.kind && at >= but.at)
  return Math.min(now, ...others.map(({ at }) => at - 1))
}

function duesOf(draft: Draft): Due[] {
  const { state, limits } = draft
  const dues: Due[] = []
  if (state.nextResetAt !== null) dues.push({ kind: 'reset', at: state.nextResetAt, happen: startDay })
  const change = state.pendingLimits[0]
  if (change !== undefined && limits.timeBase === 'server') {
    dues.push({ kind: 'change', at: change.at, happen: changeLimits })
  }
  const confirmedAt = confirmationAt(state)
  if (confirmedAt !== null) dues.push({ kind: 'confirmation', at: confirmedAt, happen: confirmPending })
  const passed = state.time
  for (const { until } of state.pause?.holds ?? []) {
    if (until !== null && (passed === null || until > passed)) {
      dues.push({ kind: 'hold-end', at: until, happen: endHoldsAt })
    }
  }
  return dues
}

/** A silence that was too long by the settings before them is told. */
function changeLimits(draft: Draft): void {
  judgeSilence(draft)
  takeDueLimits(draft, draft.now)
}

function endHoldsAt(draft: Draft): void {
  draft.state.time = draft.now
  endHolds(draft)
}

/** Another reset holds from the last known time on; another time base begins a time of its own. */
function changeClock(draft: Draft): void {
  const { state, limits, now } = draft
  const sameBase = state.clock.startsWith(`${limits.timeBase} `)
  if (!sameBase) {
    state.time = null
    // A day that began in the future of the new time would outlast every hold that is yet to come.
    if (state.dayStartedAt !== null) state.dayStartedAt = Math.min(state.dayStartedAt, now)
  }
  state.nextResetAt = null
  state.clock = limits.clock
}

/** Begins the day of the latest reset that nothing else comes before. */
function startDay(draft: Draft, before: Instant): void {
  const { state, limits } = draft
  const { last, next } = resetsAround(Math.max(draft.now, before), limits)
  const begun = windowsBegun(state.dayStartedAt ?? draft.now - 1, last, limits)
  state.nextResetAt = next
  draft.now = last
  beginTradeWindow(state, limits, begun, last)
  const { equity, balance } = state
  if (equity === null) return
  state.dayStartedAt = last
  closeDay(state)
  const known = closingValues(state, limits)
  state.undo = null
  state.dayEquity = known.equity
  state.dayBalance = known.balance
  const definitions = limits.definitions.limits
  state.limitStates = state.limitStates.map((one, index) => {
    const limit = definitions[index]
    if (limit === undefined) return one
    const after = passReset(limit, one, known, begun)
    return begun.has(limit.window) && after.warnedPct !== null ? { ...after, warnedPct: null } : after
  })
  for (const { name, window } of definitions) {
    // The new window starts without a loss: one that comes in it is another crossing, even if it comes with this input.
    if (!begun.has(window)) continue
    forgetUnenforced(draft, name)
  }
  if (draft.facts.at(-1)?.kind === 'day-started') draft.facts.pop()
  draft.facts.push({
    kind: 'day-started',
    at: last,
    equity: known.equity ?? equity,
    balance: known.balance ?? balance,
  })
  judge(draft)
}

/** The result of the day that ends, net of flows. One without a reading is no trading day, however many of them pass. */
function closeDay(state: Draft['state']): void {
  const { days, equity, dayEquity } = state
  if (days === null || !days.isCounted) return
  state.days = { ...days, isCounted: false }
  // A day that began with 0 has no result.
  if (equity === null || dayEquity === null) return
  const result = equity - dayEquity
  const best = days.best === null || result > days.best ? result : days.best
  state.days = { best, sum: days.sum + result, count: days.count, isCounted: false }
}

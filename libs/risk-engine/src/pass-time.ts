import { limitsOf } from './configuration.ts'
import { resetsAround } from './daily-reset.ts'
import type { Draft } from './draft.ts'
import { dueOf, isEmpty, valuesOf } from './loosening.ts'
import { endPause } from './pause.ts'
import { isDaily } from './rules/rule-kinds.ts'
import { judgeSilence } from './silence.ts'

/** What is due at an input that is no tick: pending limits, and in server time the reset, the end of a pause, a silence. */
export function passWithoutTick(draft: Draft): void {
  applyDueLimits(draft)
  if (draft.limits.timeBase === 'event') return
  passTime(draft)
  judgeSilence(draft)
}

const WAITED = 'a loosening that had been asked for has waited long enough'

/** Records that pending limits that are due are in force. */
export function applyDueLimits({ trader, configuration, input, state, facts }: Draft): void {
  if (state.pendingLimits.length === 0) return
  const { time } = input
  const due = dueOf(state.pendingLimits, time)
  if (isEmpty(due)) return
  const previous = valuesOf(limitsOf(configuration, trader, state.limits, time), due)
  state.limits = { ...state.limits, ...due }
  state.pendingLimits = state.pendingLimits.filter(({ at }) => at > time)
  facts.push({ kind: 'limits-changed', limits: due, previous, reason: WAITED, by: null })
}

/**
 * Lets time pass up to the draft's `now`: the daily reset and the end of a pause, in time order, the reset first if equal.
 * Several resets passed at once are one new day, as no equity was heard between them.
 */
export function passTime(draft: Draft): void {
  const { state, limits, now } = draft
  if (state.clock !== limits.clock) changeClock(draft)
  if (state.nextResetAt === null && state.dayStartedAt !== null) {
    state.nextResetAt = resetsAround(state.time ?? now, limits).next
  }
  state.time = now
  const resetAt = state.nextResetAt
  const pauseEndsAt = state.pause?.until ?? null
  const resetDue = resetAt !== null && now >= resetAt
  const pauseDue = pauseEndsAt !== null && now >= pauseEndsAt
  if (!resetDue && !pauseDue) return
  const resetFirst = resetDue && pauseDue && resetAt <= pauseEndsAt
  if (resetFirst) startDay(draft)
  if (pauseDue) endPause(draft, { at: pauseEndsAt, cause: 'time', reason: null, by: null })
  if (resetDue && !resetFirst) startDay(draft)
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

function startDay(draft: Draft): void {
  const { state, limits, now } = draft
  const { last, next } = resetsAround(now, limits)
  state.dayStartedAt = last
  state.nextResetAt = next
  if (state.equity === null) return
  state.dayEquity = state.equity
  state.dayBalance = state.balance
  // The new day starts without a loss: one that comes today is another crossing, even if it comes with this input.
  if (state.unenforced.length > 0) state.unenforced = state.unenforced.filter((rule) => !isDaily(rule))
  if (state.warned.length > 0) state.warned = state.warned.filter((rule) => !isDaily(rule))
  draft.facts.push({ kind: 'day-started', at: last, equity: state.equity, balance: state.balance })
}

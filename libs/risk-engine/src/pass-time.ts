import type { Draft } from './draft.ts'
import { endPause } from './pause.ts'
import { resetsAround } from './reset-clock.ts'
import { isDaily } from './rules/rule-kinds.ts'

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

import type { Instant, Tick } from '@drawbridge/contracts'
import { type Decision, eventOf } from './decision.ts'
import { type Draft, lastTime } from './draft.ts'
import { judge } from './judge.ts'
import { applyDueLimits, passTime } from './pass-time.ts'
import { endSilence } from './silence.ts'

/** A bot's clock may be this far ahead of JetStream's, milliseconds. */
const MAX_CLOCK_AHEAD_MS = 60_000
const AT_MISSING = 'at is missing; this trader is judged by event time (time_base "event")'

export function decideTick(draft: Draft, tick: Tick): Decision {
  const { limits, input } = draft
  if (limits.timeBase === 'event') {
    if (tick.at === null) return rejectTick(draft, AT_MISSING, tick.seq)
    const fault = eventTimeFault(draft, tick.at)
    if (fault !== null) return rejectTick(draft, fault, tick.seq)
    draft.now = tick.at
  }
  applyDueLimits(draft)
  passTime(draft)
  // In event time a silence is not judged; where a trader leaves it, it is by JetStream's time that it was heard.
  endSilence(draft, limits.timeBase === 'server' ? draft.now : input.time)
  takeEquity(draft, tick)
  judge(draft)
  return eventOf(draft, tick.seq)
}

/** A rejected tick is recorded and changes nothing else: no time passes, no peak moves, no pause begins or ends. */
export function rejectTick(draft: Draft, reason: string, tickSeq: number | null): Decision {
  draft.facts.push({ kind: 'tick-rejected', reason })
  return eventOf(draft, tickSeq)
}

function takeEquity(draft: Draft, tick: Tick): void {
  const { state, limits } = draft
  if (state.equity === null || state.peakEquity === null) {
    state.firstEquity = tick.equity
    state.peakEquity = tick.equity
    state.dayStartedAt = draft.now
    state.dayEquity = limits.initialBalance ?? tick.equity
    state.dayBalance = tick.balance
    passTime(draft)
  } else if (tick.equity > state.peakEquity) state.peakEquity = tick.equity
  state.equity = tick.equity
  if (tick.balance !== null) state.balance = tick.balance
}

/** Why a tick cannot be used in event time; null: it can. */
function eventTimeFault({ state, limits, input }: Draft, at: Instant): string | null {
  const last = lastTime(state, limits)
  if (last !== null && at < last) {
    return `at ${new Date(at).toISOString()} is older than the last tick's ${new Date(last).toISOString()}`
  }
  if (at > input.time + MAX_CLOCK_AHEAD_MS) {
    return `at ${new Date(at).toISOString()} is more than 60 s ahead of the server's ${new Date(input.time).toISOString()}`
  }
  return null
}

import { formatInstant, type RejectionCause, type Tick } from '@drawbridge/contracts'
import { currencyFault, takeCurrency } from './currency.ts'
import { type Decision, eventOf } from './decision.ts'
import type { Draft } from './draft.ts'
import { judge } from './judge.ts'
import { lateness, takePlace } from './order.ts'
import { applyDueLimits, passTime } from './pass-time.ts'
import { endSilence } from './silence.ts'
import { usedFieldFault } from './used-fields.ts'

/** A bot's clock may be this far ahead of JetStream's, milliseconds. */
const MAX_CLOCK_AHEAD_MS = 60_000
const AT_MISSING = 'at is missing; this trader is judged by event time (time_base "event")'

export function decideTick(draft: Draft, tick: Tick): Decision {
  const { limits, input } = draft
  const late = lateness(draft, tick)
  if (late !== null) return rejectTick(draft, late, tick.seq, 'late')
  const fault = eventTimeFault(draft, tick) ?? currencyFault(draft, tick) ?? usedFieldFault(limits, tick)
  if (fault !== null) return rejectTick(draft, fault, tick.seq)
  if (limits.timeBase === 'event' && tick.at !== null) draft.now = tick.at
  applyDueLimits(draft)
  passTime(draft)
  // In event time a silence is not judged; where a trader leaves it, it is by JetStream's time that it was heard.
  endSilence(draft, limits.timeBase === 'server' ? draft.now : input.time)
  takePlace(draft, tick)
  takeCurrency(draft, tick)
  takeEquity(draft, tick)
  judge(draft)
  return eventOf(draft, tick.seq)
}

/** A rejected tick is recorded and changes nothing else: no time passes, no peak moves, no pause begins or ends. */
export function rejectTick(
  draft: Draft,
  reason: string,
  tickSeq: number | null,
  cause: RejectionCause = 'invalid',
): Decision {
  draft.facts.push({ kind: 'tick-rejected', reason, cause })
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

/** Why a tick has no time where its own decides; null: it has one. */
function eventTimeFault({ limits, input }: Draft, { at, faults }: Tick): string | null {
  if (limits.timeBase === 'server') return null
  if (at === null) return faults?.at === undefined ? AT_MISSING : `at ${faults.at}`
  return at > input.time + MAX_CLOCK_AHEAD_MS
    ? `at ${formatInstant(at)} is more than 60 s ahead of the server's ${formatInstant(input.time)}`
    : null
}

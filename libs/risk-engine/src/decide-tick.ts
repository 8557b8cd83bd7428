import { formatInstant, type Instant, type Reading, type RejectionCause, type Tick } from '@drawbridge/contracts/pure'
import { hearReading } from './confirm.ts'
import { currencyFault } from './currency.ts'
import { type Decision, eventOf } from './decision.ts'
import type { Draft } from './draft.ts'
import { tellUncomputable } from './judge.ts'
import { lateness, takePlace } from './order.ts'
import { countLateTick } from './order-doubt.ts'
import { applyDueLimits, passTime, passWithoutTick } from './pass-time.ts'
import { joinPauseOfAll } from './pause-of-all.ts'
import { judgeSession } from './sessions.ts'
import { endSilence } from './silence.ts'
import { countTrades } from './trades.ts'
import { usedFieldFault } from './used-fields.ts'

/** A bot's clock may be this far ahead of JetStream's, milliseconds. */
const MAX_CLOCK_AHEAD_MS = 60_000
const AT_MISSING = 'at is missing; this trader is judged by event time (time_base "event")'

export function decideTick(draft: Draft, tick: Tick): Decision {
  const { limits, input } = draft
  const fault = eventTimeFault(draft, tick) ?? usedFieldFault(limits, tick)
  if (fault !== null) return rejectTick(draft, fault, tick)
  const late = lateness(draft, tick)
  if (late !== null) return rejectTick(draft, late, tick, 'late')
  const currency = currencyFault(draft, tick)
  if (currency !== null) return rejectTick(draft, currency, tick)
  if (limits.timeBase === 'event' && tick.at !== null) draft.now = tick.at
  const { limitStates } = draft.state
  passTime(draft)
  applyDueLimits(draft)
  judgeSession(draft)
  joinPauseOfAll(draft)
  // In event time a silence is not judged; where a trader leaves it, it is by JetStream's time that it was heard.
  endSilence(draft, limits.timeBase === 'server' ? draft.now : input.time)
  takePlace(draft, tick)
  endRejections(draft)
  countTrades(draft, tick.closed)
  hearReading(draft, readingOf(draft, tick))
  tellUncomputable(draft, limitStates)
  return eventOf(draft, tick.seq)
}

function readingOf({ limits }: Draft, { equity, balance, netDeposits, currency, at }: Tick): Reading {
  return { equity, balance, netDeposits: limits.netDeposits ? netDeposits : null, currency, at }
}

/** A tick that can be used ends the doubt that others caused. */
function endRejections({ state }: Draft): void {
  const { rejected, late } = state.doubt
  if (rejected !== null || late !== null) state.doubt = { ...state.doubt, rejected: null, late: null }
}

/** What counts of a rejected tick. */
type RejectedTick = Pick<Tick, 'seq' | 'closed'>

/**
 * A rejected tick is recorded, and moves no reference. Time passes as at any other input. Entries wait if it was rejected
 * for what it says, or if late ones are all that comes.
 */
export function rejectTick(
  draft: Draft,
  reason: string,
  { seq, closed }: RejectedTick,
  cause: RejectionCause = 'invalid',
): Decision {
  const { state, facts } = draft
  passWithoutTick(draft)
  joinPauseOfAll(draft)
  countTrades(draft, closed)
  facts.push({ kind: 'tick-rejected', reason, cause })
  if (cause === 'late') countLateTick(draft)
  else state.doubt = { ...state.doubt, rejected: reason, late: null }
  return eventOf(draft, seq)
}

/** Why a tick has no time where its own decides; null: it has one. */
function eventTimeFault({ limits, input }: Draft, { at, faults }: Tick): string | null {
  if (limits.timeBase === 'server') return null
  if (at === null) return faults?.at === undefined ? AT_MISSING : `at ${faults.at}`
  return at > input.time + MAX_CLOCK_AHEAD_MS ? tooFarAhead(at, input.time) : null
}

function tooFarAhead(at: Instant, received: Instant): string {
  return `at ${formatInstant(at)} is more than 60 s ahead of the server's ${formatInstant(received)}`
}

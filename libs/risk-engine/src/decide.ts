import {
  type Instant,
  inWords,
  type RiskEvent,
  type Tick,
  type TraderControl,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { type Configuration, limitsOf } from './configuration.ts'
import { typeOf } from './event-type.ts'
import type { TraderInput } from './input.ts'
import { judge } from './judge.ts'
import { obey } from './obey.ts'
import { ownLimitsAt, takeForce } from './own-limits.ts'
import { passTime } from './pass-time.ts'
import { endLimitHolds } from './pause.ts'
import type { ResolvedLimits } from './resolved-limits.ts'
import { RULES_VERSION } from './rules-version.ts'
import { endSilence, judgeSilence } from './silence.ts'
import { type Draft, draftAfter } from './state.ts'

/** A bot's clock may be this far ahead of JetStream's, milliseconds. */
export const MAX_CLOCK_AHEAD_MS = 60_000

/** What an input comes to: an event, nothing (a wake-up that came early), or a refusal that says why. */
export type Decision = (
  | /** `refused`: why a command was not obeyed while time, which passed with it, made the event; else null. */
  { readonly kind: 'event'; readonly event: RiskEvent; readonly refused: string | null }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly reason: string }
) & {
  /** What the rules threw, instead of judging the input. */
  readonly error?: unknown
}

const NOTHING: Decision = { kind: 'nothing' }

/**
 * Judges one input of one trader: limits that take force and time first, then what the input says. A pure function: the same state, configuration
 * and input give the same event. An input that the state already includes must not be given again.
 *
 * A tick always gives an event. A wake-up gives one if something was due, a command unless it cannot be obeyed.
 */
export function decide(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  input: TraderInput,
): Decision {
  try {
    return decideInput(trader, state, configuration, input)
  } catch (error) {
    return decideFailed(trader, state, configuration, input, error)
  }
}

/**
 * A fault of ours that one input brings out. The input is refused, a tick by an event, so that those behind it are
 * decided; every guardian does the same.
 */
function decideFailed(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  input: TraderInput,
  error: unknown,
): Decision {
  const reason = `could not be judged: ${inWords(error)}`
  if (input.kind !== 'tick') return { kind: 'refused', reason, error }
  try {
    const { seq, time } = input
    const unreadable = { kind: 'unreadable-tick', seq, time, reason } as const
    return { ...decideInput(trader, state, configuration, unreadable), error }
  } catch {
    return { kind: 'refused', reason, error }
  }
}

function decideInput(trader: TraderId, state: TraderState, configuration: Configuration, input: TraderInput): Decision {
  const limits = limitsOf(configuration, trader, ownLimitsAt(state, input.time), input.time)
  switch (input.kind) {
    case 'tick':
      return decideTick(trader, state, configuration, limits, input, input.tick)
    case 'unreadable-tick':
      return rejectTick(trader, state, configuration, limits, input, input.reason, null)
    case 'control':
      return decideControl(trader, state, configuration, limits, input, input.control)
    case 'enforcement':
      return decideEnforcement(trader, state, configuration, limits, input, input.enforced)
    default:
      return input satisfies never
  }
}

function decideTick(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  limits: ResolvedLimits,
  input: TraderInput,
  tick: Tick,
): Decision {
  let now = serverTime(state, limits, input)
  if (limits.timeBase === 'event') {
    if (tick.at === null) return rejectTick(trader, state, configuration, limits, input, AT_MISSING, tick.seq)
    const fault = eventTimeFault(state, limits, input, tick.at)
    if (fault !== null) return rejectTick(trader, state, configuration, limits, input, fault, tick.seq)
    now = tick.at
  }
  const draft = begin(trader, state, configuration, input)
  passTime(draft, limits, now)
  // In event time a silence is not judged; where a trader leaves it, it is by JetStream's time that it was heard.
  endSilence(draft, limits.timeBase === 'server' ? now : input.time)
  takeEquity(draft, limits, tick, now)
  judge(draft, limits, configuration.enforcement, now)
  return eventOf(trader, configuration, input, draft, now, tick.seq)
}

/** What the input works on: the state, with the limits in force that are by its time. */
function begin(trader: TraderId, state: TraderState, configuration: Configuration, input: TraderInput): Draft {
  const draft = draftAfter(state, input.seq)
  if (state.pendingLimits.length > 0) {
    takeForce(draft, limitsOf(configuration, trader, state.limits, input.time), input.time)
  }
  return draft
}

function takeEquity(draft: Draft, limits: ResolvedLimits, tick: Tick, now: Instant): void {
  const { state } = draft
  if (state.equity === null || state.peakEquity === null) {
    state.firstEquity = tick.equity
    state.peakEquity = tick.equity
    state.dayStartedAt = now
    state.dayEquity = limits.initialBalance ?? tick.equity
    state.dayBalance = tick.balance
    passTime(draft, limits, now)
  } else if (tick.equity > state.peakEquity) state.peakEquity = tick.equity
  state.equity = tick.equity
  if (tick.balance !== null) state.balance = tick.balance
}

const AT_MISSING = 'at is missing; this trader is judged by event time (time_base "event")'

/** Why a tick cannot be used in event time; null if it can. */
function eventTimeFault(state: TraderState, limits: ResolvedLimits, input: TraderInput, at: Instant): string | null {
  const last = sameTimeBase(state, limits) ? state.time : null
  if (last !== null && at < last) {
    return `at ${new Date(at).toISOString()} is older than the last tick's ${new Date(last).toISOString()}`
  }
  if (at > input.time + MAX_CLOCK_AHEAD_MS) {
    return `at ${new Date(at).toISOString()} is more than 60 s ahead of the server's ${new Date(input.time).toISOString()}`
  }
  return null
}

/** A rejected tick is recorded and changes nothing else: no time passes, no peak moves, no pause begins or ends. */
function rejectTick(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  limits: ResolvedLimits,
  input: TraderInput,
  reason: string,
  tickSeq: number | null,
): Decision {
  const draft = draftAfter(state, input.seq)
  draft.facts.push({ kind: 'tick-rejected', reason })
  return eventOf(trader, configuration, input, draft, controlTime(state, limits, input), tickSeq)
}

function decideControl(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  limits: ResolvedLimits,
  input: TraderInput,
  control: TraderControl,
): Decision {
  // Event time passes by ticks alone: what operators do takes the last tick's time, and there are no wake-ups.
  const byEventTime = limits.timeBase === 'event'
  if (byEventTime && control.kind === 'wake') return NOTHING
  const now = controlTime(state, limits, input)
  const draft = begin(trader, state, configuration, input)
  if (!byEventTime) {
    passTime(draft, limits, now)
    judgeSilence(draft, limits, now)
  }
  const obeyed = obey(draft, limits, control, now, input.time)
  if (!obeyed.ok && draft.facts.length === 0) return { kind: 'refused', reason: obeyed.reason }
  if (draft.facts.length === 0) return NOTHING
  return eventOf(trader, configuration, input, draft, now, null, obeyed.ok ? null : obeyed.reason)
}

/** Enforcement off lifts what limits hold, and that alone: whether a trader hears of the switch must not matter else. */
function decideEnforcement(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  limits: ResolvedLimits,
  input: TraderInput,
  enforced: boolean,
): Decision {
  const heldByLimits = state.pause?.holds.some((hold) => hold.holder !== 'operator') === true
  if (enforced || !heldByLimits) return NOTHING
  const now = controlTime(state, limits, input)
  const draft = draftAfter(state, input.seq)
  if (limits.timeBase === 'server') passTime(draft, limits, now)
  endLimitHolds(draft, { at: now, cause: 'enforcement-off', reason: null, by: null })
  return eventOf(trader, configuration, input, draft, now, null)
}

/** The JetStream timestamp, never going back. */
function serverTime(state: TraderState, limits: ResolvedLimits, input: TraderInput): Instant {
  return state.time === null || !sameTimeBase(state, limits) ? input.time : Math.max(state.time, input.time)
}

function controlTime(state: TraderState, limits: ResolvedLimits, input: TraderInput): Instant {
  if (limits.timeBase === 'server') return serverTime(state, limits, input)
  return (sameTimeBase(state, limits) ? state.time : null) ?? input.time
}

function sameTimeBase(state: TraderState, limits: ResolvedLimits): boolean {
  return state.clock === limits.clock || state.clock.startsWith(`${limits.timeBase} `)
}

function eventOf(
  trader: TraderId,
  configuration: Configuration,
  input: TraderInput,
  draft: Draft,
  now: Instant,
  tickSeq: number | null,
  notObeyed: string | null = null,
): Decision {
  return {
    kind: 'event',
    refused: notObeyed,
    event: {
      type: typeOf(draft),
      trader,
      recordedAt: input.time,
      effectiveAt: now,
      rulesVersion: RULES_VERSION,
      configVersion: configuration.version,
      tickSeq,
      facts: draft.facts,
      state: draft.state,
    },
  }
}

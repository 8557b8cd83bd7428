import {
  type Amount,
  type Fact,
  type Instant,
  type RiskEvent,
  refused,
  type Tick,
  type TraderControl,
  type TraderEventType,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { type Configuration, limitsOf, type ResolvedLimits } from './configuration.ts'
import type { TraderInput } from './input.ts'
import { judge } from './judge.ts'
import { passTime } from './pass-time.ts'
import { addHold, endLimitHolds, endPause } from './pause.ts'
import { RULES_VERSION } from './rules-version.ts'
import { type Draft, draftAfter } from './state.ts'

/** A bot's clock may be this far ahead of JetStream's, milliseconds. */
export const MAX_CLOCK_AHEAD_MS = 60_000
/** Amounts in a state stay below 1e15 in size, as those of ticks. */
const AMOUNT_BOUND = 10n ** 23n

/** What an input comes to: an event, nothing (a wake-up that came early), or a refusal that says why. */
export type Decision =
  /** `refused`: why a command was not obeyed while time, which passed with it, made the event; else null. */
  | { readonly kind: 'event'; readonly event: RiskEvent; readonly refused: string | null }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly reason: string }

const NOTHING: Decision = { kind: 'nothing' }

/**
 * Judges one input of one trader: time first, then what the input says. A pure function: the same state, configuration
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
  const limits = limitsOf(configuration, trader, state.limits)
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
  const draft = draftAfter(state, input.seq)
  passTime(draft, limits, now)
  takeEquity(draft, limits, tick, now)
  judge(draft, limits, configuration.enforcement, now)
  return eventOf(trader, configuration, input, draft, now, tick.seq)
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
  const draft = draftAfter(state, input.seq)
  if (!byEventTime) passTime(draft, limits, now)
  const obeyed = obey(draft, limits, control, now)
  if (!obeyed.ok && draft.facts.length === 0) return { kind: 'refused', reason: obeyed.reason }
  if (draft.facts.length === 0) return NOTHING
  return eventOf(trader, configuration, input, draft, now, null, obeyed.ok ? null : obeyed.reason)
}

type Obeyed = { readonly ok: true } | { readonly ok: false; readonly reason: string }
const OBEYED: Obeyed = { ok: true }

function obey(draft: Draft, limits: ResolvedLimits, control: TraderControl, now: Instant): Obeyed {
  const { state, facts } = draft
  switch (control.kind) {
    case 'wake':
      return OBEYED
    case 'pause': {
      const { until, reason, by } = control
      if (until !== null && until <= now) {
        return refused(
          `until ${new Date(until).toISOString()} is not after the trader's time ${new Date(now).toISOString()}`,
        )
      }
      facts.push({ kind: 'paused', until, reason, by })
      addHold(draft, { holder: 'operator', at: now, until, reason: `operator: ${reason}` })
      return OBEYED
    }
    case 'resume': {
      const justEnded = facts.some((fact) => fact.kind === 'resumed')
      if (state.pause === null) return justEnded ? OBEYED : refused('the trader is not paused')
      endPause(draft, { at: now, cause: 'operator', reason: control.reason, by: control.by })
      return OBEYED
    }
    case 'limits': {
      const previous = Object.fromEntries(
        Object.keys(control.limits).map((name) => [name, limits[name as keyof ResolvedLimits]]),
      )
      facts.push({ kind: 'limits-changed', limits: control.limits, previous, reason: control.reason, by: control.by })
      state.limits = { ...state.limits, ...control.limits }
      return OBEYED
    }
    case 'cash-flow':
      return shiftByCashFlow(draft, control)
    default:
      return control satisfies never
  }
}

/** A deposit or withdrawal moves equity, peak and baselines alike: it is neither a loss nor a gain. */
function shiftByCashFlow(draft: Draft, flow: Extract<TraderControl, { kind: 'cash-flow' }>): Obeyed {
  const { state, facts } = draft
  if (state.equity === null) return refused('the trader has not reported any equity yet')
  const shift = (amount: Amount | null): Amount | null => (amount === null ? null : amount + flow.amount)
  const shifted = {
    equity: shift(state.equity),
    balance: shift(state.balance),
    peakEquity: shift(state.peakEquity),
    dayEquity: shift(state.dayEquity),
    dayBalance: shift(state.dayBalance),
  }
  for (const amount of Object.values(shifted)) {
    if (amount !== null && (amount >= AMOUNT_BOUND || amount <= -AMOUNT_BOUND)) {
      return refused('amount would bring the account to 1e15 or beyond')
    }
  }
  Object.assign(state, shifted)
  facts.push({ kind: 'cash-flow', amount: flow.amount, reason: flow.reason, by: flow.by })
  return OBEYED
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

/** What happened, and the type of event that it makes; the weightiest first. */
const PRECEDENCE: readonly (readonly [Fact['kind'], TraderEventType])[] = [
  ['breached', 'breach'],
  ['paused', 'paused'],
  ['resumed', 'resumed'],
  ['day-started', 'day-started'],
  ['feed-stale', 'feed-stale'],
  ['feed-restored', 'feed-restored'],
  ['warned', 'warning'],
  ['limits-changed', 'limits-changed'],
  ['cash-flow', 'cash-flow'],
  ['tick-rejected', 'tick-rejected'],
]

function typeOf({ facts, state }: Draft): TraderEventType {
  if (facts.length === 0) return 'assessed'
  for (const [kind, type] of PRECEDENCE) {
    if (!facts.some((fact) => fact.kind === kind)) continue
    // What limits held may have ended while an operator's word holds on.
    return type === 'resumed' && state.pause !== null ? 'paused' : type
  }
  return 'assessed'
}

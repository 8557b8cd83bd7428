import Type from 'typebox'
import { accountMemoryFields, accountMemoryFromMessage, addAccountMemory } from './account-memory-wire.ts'
import { DoubtSchema, doubtFromMessage, doubtToMessage } from './doubt-wire.ts'
import { formatInstant } from './instant.ts'
import type { LimitName } from './limit-name.ts'
import { LimitStateSchema, limitStateFromMessage, limitStateToMessage } from './limit-state-wire.ts'
import { type LimitsMessage, limitsToMessage, type PendingLimits, recordedLimits } from './limits.ts'
import { PauseSchema, pauseFromMessage, pauseToMessage } from './pause-wire.ts'
import { NO_DOUBT, type RiskEvent, type TraderState } from './risk-event.ts'
import { amount, count, instant, nullable, rule } from './schema-fields.ts'
import type { TickSequence } from './tick-sequence.ts'
import { sequenceFromMessage, sequenceToMessage, TickSequenceSchema } from './tick-sequence-wire.ts'
import { moneyOrNull, timeOrNull, toInstant, toNullableAmount, toNullableInstant, unwrap } from './wire-fields.ts'

/**
 * The wire form of the state after an event. Amounts are decimal strings, times RFC 3339 in UTC. Events of rules from 6 on
 * leave out what says nothing, or what the rest of the event says; those of older rules have all fields that they know.
 */
export const StateSchema = Type.Object({
  firstInputSeq: count,
  /** Absent: the `effectiveAt` of the event. */
  time: Type.Optional(nullable(instant, 'a time or null')),
  clock: Type.String(),
  firstEquity: nullable(amount, 'a decimal string or null'),
  equity: nullable(amount, 'a decimal string or null'),
  balance: nullable(amount, 'a decimal string or null'),
  peakEquity: nullable(amount, 'a decimal string or null'),
  dayStartedAt: nullable(instant, 'a time or null'),
  nextResetAt: nullable(instant, 'a time or null'),
  dayEquity: nullable(amount, 'a decimal string or null'),
  dayBalance: nullable(amount, 'a decimal string or null'),
  /** Absent where there is none. */
  pause: Type.Optional(nullable(PauseSchema, 'a pause or null')),
  /** Absent where true. */
  enforced: Type.Optional(Type.Boolean()),
  /** Absent where there is none. */
  unenforced: Type.Optional(Type.Array(rule)),
  /** Absent: the limits with a `warnedPct`. */
  warned: Type.Optional(Type.Array(rule)),
  /** Absent: `recordedAt` of the event; of rules version 1 not known. */
  lastTickAt: Type.Optional(nullable(instant, 'a time or null')),
  /** Absent where there is none, as `limits` and `pendingLimits`. */
  staleSince: Type.Optional(nullable(instant, 'a time or null')),
  /** Absent while entries are not blocked by a closed market. */
  opensAt: Type.Optional(instant),
  /** Absent in events of rules before 6. */
  limitStates: Type.Optional(Type.Array(LimitStateSchema)),
  limitsKey: Type.Optional(Type.String()),
  /** Absent where there is none. */
  doubt: Type.Optional(DoubtSchema),
  ...accountMemoryFields,
  limits: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
  pendingLimits: Type.Optional(Type.Array(Type.Object({ at: instant, limits: Type.Object({}) }))),
  /** Absent: that of the event's `tickSeq` without a run, or none where there is none; of rules before 6 none. */
  sequence: Type.Optional(nullable(TickSequenceSchema, 'how far the bot has counted, or null')),
  /** Absent where there is none. */
  currency: Type.Optional(Type.String({ description: "the account's currency, as the bot writes it" })),
})
export type StateMessage = Type.Static<typeof StateSchema>

/** An event as it crosses the wire, as far as its state leaves out what the rest says. */
interface EventOfState {
  readonly version: number
  readonly inputSeq: number
  readonly rulesVersion: number
  readonly recordedAt: string
  readonly effectiveAt: string
  readonly tickSeq: number | null
  readonly state: StateMessage
}

/** The first version of the rules with lines under equity. Events of older ones keep their form. */
export const RULES_OF_LINES = 6

export function stateToMessage(event: RiskEvent): StateMessage {
  return event.rulesVersion < RULES_OF_LINES ? earlierStateToMessage(event.state) : presentStateToMessage(event)
}

/** Field by field: a spread costs several times as much as an assignment. */
function presentStateToMessage({ state, effectiveAt, recordedAt, tickSeq }: RiskEvent): StateMessage {
  const { warned, limitStates, sequence, lastTickAt } = state
  const message: StateMessage = {
    firstInputSeq: state.firstInputSeq,
    clock: state.clock,
    firstEquity: moneyOrNull(state.firstEquity),
    equity: moneyOrNull(state.equity),
    balance: moneyOrNull(state.balance),
    peakEquity: moneyOrNull(state.peakEquity),
    dayStartedAt: timeOrNull(state.dayStartedAt),
    nextResetAt: timeOrNull(state.nextResetAt),
    dayEquity: moneyOrNull(state.dayEquity),
    dayBalance: moneyOrNull(state.dayBalance),
  }
  if (state.time !== effectiveAt) message.time = timeOrNull(state.time)
  if (state.pause !== null) message.pause = pauseToMessage(state.pause)
  if (!state.enforced) message.enforced = false
  if (state.unenforced.length > 0) message.unenforced = [...state.unenforced]
  if (!isSameList(warned, warnedIn(limitStates))) message.warned = [...warned]
  if (lastTickAt !== recordedAt) message.lastTickAt = timeOrNull(lastTickAt)
  if (state.staleSince !== null) message.staleSince = formatInstant(state.staleSince)
  if (state.opensAt !== null) message.opensAt = formatInstant(state.opensAt)
  addMemory(message, state)
  if (state.limits !== null) message.limits = limitsToMessage(state.limits)
  if (state.pendingLimits.length > 0) message.pendingLimits = state.pendingLimits.map(pendingToMessage)
  if (!isSameSequence(sequence, countOf(tickSeq))) message.sequence = sequence && sequenceToMessage(sequence)
  if (state.currency !== null) message.currency = state.currency
  return message
}

/** What rules before 6 did not remember. */
function addMemory(message: StateMessage, state: TraderState): void {
  const { limitStates, limitsKey, doubt } = state
  if (limitStates.length > 0) message.limitStates = limitStates.map((limit) => limitStateToMessage(limit, state))
  if (limitsKey !== '') message.limitsKey = limitsKey
  if (doubt !== NO_DOUBT && !isNone(doubt)) message.doubt = doubtToMessage(doubt)
  addAccountMemory(message, state)
}

/** As guardians of these rules wrote it: the same event has the same bytes for good. */
function earlierStateToMessage(state: TraderState): StateMessage {
  const message: StateMessage = {
    firstInputSeq: state.firstInputSeq,
    time: timeOrNull(state.time),
    clock: state.clock,
    firstEquity: moneyOrNull(state.firstEquity),
    equity: moneyOrNull(state.equity),
    balance: moneyOrNull(state.balance),
    peakEquity: moneyOrNull(state.peakEquity),
    dayStartedAt: timeOrNull(state.dayStartedAt),
    nextResetAt: timeOrNull(state.nextResetAt),
    dayEquity: moneyOrNull(state.dayEquity),
    dayBalance: moneyOrNull(state.dayBalance),
    pause: state.pause === null ? null : pauseToMessage(state.pause),
    ...(state.enforced ? {} : { enforced: false }),
    unenforced: [...state.unenforced],
    warned: [...state.warned],
    lastTickAt: timeOrNull(state.lastTickAt),
    staleSince: timeOrNull(state.staleSince),
    ...(state.opensAt === null ? {} : { opensAt: formatInstant(state.opensAt) }),
  }
  addMemory(message, state)
  message.limits = state.limits === null ? null : limitsToMessage(state.limits)
  message.pendingLimits = state.pendingLimits.map(pendingToMessage)
  if (state.sequence !== null) message.sequence = sequenceToMessage(state.sequence)
  if (state.currency !== null) message.currency = state.currency
  return message
}

function pendingToMessage({ at, limits }: PendingLimits) {
  return { at: formatInstant(at), limits: limitsToMessage(limits) }
}

const NO_NAMES: readonly LimitName[] = []

/** The limits that have warned in this crossing. */
function warnedIn(limits: TraderState['limitStates']): readonly LimitName[] {
  if (!limits.some(({ warnedPct }) => warnedPct !== null)) return NO_NAMES
  return limits.filter(({ warnedPct }) => warnedPct !== null).map(({ name }) => name)
}

function isSameList(a: readonly LimitName[], b: readonly LimitName[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index])
}

/** What a bot that names no run has counted by a tick. */
function countOf(tickSeq: number | null): TickSequence | null {
  return tickSeq === null ? null : { run: null, seq: tickSeq, earlier: [] }
}

function isSameSequence(a: TickSequence | null, b: TickSequence | null): boolean {
  if (a === null || b === null) return a === b
  return a.run === b.run && a.seq === b.seq && a.earlier.length === 0 && b.earlier.length === 0
}

function isNone({ pending, zeros, rejected, late }: TraderState['doubt']): boolean {
  return pending === null && zeros === null && rejected === null && late === null
}

export function stateFromMessage(event: EventOfState): TraderState {
  const { state, version, inputSeq, rulesVersion } = event
  const hasLines = rulesVersion >= RULES_OF_LINES
  const known = {
    version,
    firstEquity: toNullableAmount(state.firstEquity),
    equity: toNullableAmount(state.equity),
    balance: toNullableAmount(state.balance),
    peakEquity: toNullableAmount(state.peakEquity),
    dayEquity: toNullableAmount(state.dayEquity),
    dayBalance: toNullableAmount(state.dayBalance),
    currency: state.currency ?? null,
  }
  const limitStates = state.limitStates?.map((limit) => unwrap(limitStateFromMessage(limit, known))) ?? NO_LIMIT_STATES
  const told = hasLines ? countOf(event.tickSeq) : null
  return {
    ...known,
    inputSeq,
    firstInputSeq: state.firstInputSeq,
    time: toNullableInstant(state.time === undefined ? event.effectiveAt : state.time),
    clock: state.clock,
    dayStartedAt: toNullableInstant(state.dayStartedAt),
    nextResetAt: toNullableInstant(state.nextResetAt),
    pause: pauseFromMessage(state.pause),
    enforced: state.enforced ?? true,
    unenforced: state.unenforced ?? NO_NAMES,
    warned: state.warned ?? warnedIn(limitStates),
    lastTickAt: toNullableInstant(
      state.lastTickAt === undefined && hasLines ? event.recordedAt : (state.lastTickAt ?? null),
    ),
    staleSince: toNullableInstant(state.staleSince ?? null),
    opensAt: toNullableInstant(state.opensAt ?? null),
    limitStates,
    limitsKey: state.limitsKey ?? '',
    doubt: state.doubt === undefined ? NO_DOUBT : unwrap(doubtFromMessage(state.doubt)),
    ...unwrap(accountMemoryFromMessage(state, { ...known, limitStates })),
    limits:
      state.limits === undefined || state.limits === null
        ? null
        : unwrap(recordedLimits(state.limits as LimitsMessage)),
    pendingLimits: pendingFromMessage(state.pendingLimits),
    sequence: state.sequence === undefined ? told : state.sequence && sequenceFromMessage(state.sequence),
  }
}

const NO_LIMIT_STATES: TraderState['limitStates'] = []

/** Shared: hardly any trader has some. */
const NONE_PENDING: readonly PendingLimits[] = []

function pendingFromMessage(pending: StateMessage['pendingLimits']): readonly PendingLimits[] {
  if (pending === undefined || pending.length === 0) return NONE_PENDING
  return pending.map(({ at, limits }) => ({ at: toInstant(at), limits: unwrap(recordedLimits(limits)) }))
}

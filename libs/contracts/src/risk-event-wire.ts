import Type from 'typebox'
import { type Amount, formatAmount, parseAmount, readExactAmount } from './amount.ts'
import { compileCheck } from './faults.ts'
import { formatInstant, type Instant, parseInstant } from './instant.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { type LimitOverrides, type LimitsMessage, limitsToMessage, type PendingLimits, parseLimits } from './limits.ts'
import { type Parsed, parsed, refused, total } from './parsed.ts'
import {
  type Fact,
  type Hold,
  type Holder,
  measuresOf,
  type Pause,
  type RiskEvent,
  RULES,
  type Rule,
  type TraderState,
} from './risk-event.ts'
import { amount, count, EVENT_SCHEMA, instant, nullable, schemaVersion } from './schema-fields.ts'
import { TRADER_EVENT_TYPES, TRADER_ID_PATTERN } from './subjects.ts'
import { sequenceFromMessage, sequenceToMessage, TickSequenceSchema } from './tick-sequence.ts'

const rules = RULES.map((name) => Type.Literal(name))
export const rule = Type.Unsafe<Rule>(Type.Union(rules))
export const holder = Type.Unsafe<Holder>(Type.Union([...rules, Type.Literal('operator')]))

const HoldSchema = Type.Object({
  holder,
  at: instant,
  until: nullable(instant, 'a time or null'),
  reason: Type.String(),
})

/** The wire form of the state after an event. Amounts are decimal strings, times RFC 3339 in UTC. */
export const StateSchema = Type.Object({
  firstInputSeq: count,
  time: nullable(instant, 'a time or null'),
  clock: Type.String(),
  firstEquity: nullable(amount, 'a decimal string or null'),
  equity: nullable(amount, 'a decimal string or null'),
  balance: nullable(amount, 'a decimal string or null'),
  peakEquity: nullable(amount, 'a decimal string or null'),
  dayStartedAt: nullable(instant, 'a time or null'),
  nextResetAt: nullable(instant, 'a time or null'),
  dayEquity: nullable(amount, 'a decimal string or null'),
  dayBalance: nullable(amount, 'a decimal string or null'),
  pause: nullable(
    Type.Object({ since: instant, until: nullable(instant, 'a time or null'), holds: Type.Array(HoldSchema) }),
    'a pause or null',
  ),
  unenforced: Type.Array(rule),
  warned: Type.Array(rule),
  /** Absent in events of rules version 1, as `pendingLimits`. */
  lastTickAt: Type.Optional(nullable(instant, 'a time or null')),
  staleSince: nullable(instant, 'a time or null'),
  limits: Type.Union([Type.Object({}), Type.Null()]),
  pendingLimits: Type.Optional(Type.Array(Type.Object({ at: instant, limits: Type.Object({}) }))),
  /** Absent where there is none, as `currency`. */
  sequence: Type.Optional(TickSequenceSchema),
  currency: Type.Optional(Type.String({ description: "the account's currency, as the bot writes it" })),
})

/** The payload of `risk.<type>.<trader>`. */
export const RiskEventSchema = Type.Object(
  {
    schema: schemaVersion,
    type: Type.Enum([...TRADER_EVENT_TYPES], { description: `one of ${TRADER_EVENT_TYPES.join(', ')}` }),
    trader: Type.String({ pattern: TRADER_ID_PATTERN, description: 'a trader id' }),
    version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'a whole number from 1 up' }),
    inputSeq: count,
    recordedAt: instant,
    effectiveAt: instant,
    rulesVersion: count,
    configVersion: count,
    tickSeq: nullable(count, 'a whole number or null'),
    decision: Type.Object(
      {
        status: Type.Union([Type.Literal('allowed'), Type.Literal('paused')]),
        until: nullable(instant, 'a time or null'),
        reason: nullable(Type.String(), 'a text or null'),
      },
      { description: 'a decision {status, until, reason}' },
    ),
    dailyPnl: nullable(amount, 'a decimal string or null'),
    drawdownPct: nullable(amount, 'a decimal string or null'),
    facts: Type.Array(Type.Object({ kind: Type.String() }), { description: 'a list of facts' }),
    state: Type.Object(StateSchema.properties, { description: 'a trader state' }),
  },
  { $id: 'RiskEvent', title: 'Risk event' },
)
export type RiskEventMessage = Type.Static<typeof RiskEventSchema>
type StateMessage = Type.Static<typeof StateSchema>

const checkRiskEvent = compileCheck<RiskEventMessage>(RiskEventSchema)

/** The wire form of an event. The same event always gives the same bytes. */
export function encodeRiskEvent(event: RiskEvent): Uint8Array {
  return toJsonBytes(riskEventToMessage(event))
}

/** The reason of a pause: the reasons of its holds. */
export function pauseReason(pause: Pause): string {
  return pause.holds.map((hold) => hold.reason).join('; ')
}

export function riskEventToMessage(event: RiskEvent): RiskEventMessage {
  const { state } = event
  const { dailyPnl, drawdownPct } = measuresOf(state)
  return {
    schema: EVENT_SCHEMA,
    type: event.type,
    trader: event.trader,
    version: state.version,
    inputSeq: state.inputSeq,
    recordedAt: formatInstant(event.recordedAt),
    effectiveAt: formatInstant(event.effectiveAt),
    rulesVersion: event.rulesVersion,
    configVersion: event.configVersion,
    tickSeq: event.tickSeq,
    decision:
      state.pause === null
        ? { status: 'allowed', until: null, reason: null }
        : { status: 'paused', until: time(state.pause.until), reason: pauseReason(state.pause) },
    dailyPnl: money(dailyPnl),
    drawdownPct: money(drawdownPct),
    facts: event.facts.map(factToMessage),
    state: stateToMessage(state),
  }
}

function stateToMessage(state: TraderState): StateMessage {
  const message: StateMessage = {
    firstInputSeq: state.firstInputSeq,
    time: time(state.time),
    clock: state.clock,
    firstEquity: money(state.firstEquity),
    equity: money(state.equity),
    balance: money(state.balance),
    peakEquity: money(state.peakEquity),
    dayStartedAt: time(state.dayStartedAt),
    nextResetAt: time(state.nextResetAt),
    dayEquity: money(state.dayEquity),
    dayBalance: money(state.dayBalance),
    pause:
      state.pause === null
        ? null
        : {
            since: formatInstant(state.pause.since),
            until: time(state.pause.until),
            holds: state.pause.holds.map((hold) => ({
              holder: hold.holder,
              at: formatInstant(hold.at),
              until: time(hold.until),
              reason: hold.reason,
            })),
          },
    unenforced: [...state.unenforced],
    warned: [...state.warned],
    lastTickAt: time(state.lastTickAt),
    staleSince: time(state.staleSince),
    limits: state.limits === null ? null : limitsToMessage(state.limits),
    pendingLimits: state.pendingLimits.map(({ at, limits }) => ({
      at: formatInstant(at),
      limits: limitsToMessage(limits),
    })),
  }
  if (state.sequence !== null) message.sequence = sequenceToMessage(state.sequence)
  if (state.currency !== null) message.currency = state.currency
  return message
}

function money(value: Amount | null): string | null {
  return value === null ? null : formatAmount(value)
}

function time(value: Instant | null): string | null {
  return value === null ? null : formatInstant(value)
}

/** The wire form of each field of a fact; a field in none of these is unchanged. */
const AMOUNT_FIELDS = ['equity', 'balance', 'observedPct', 'limitPct', 'loss', 'base', 'from', 'to', 'amount'] as const
const INSTANT_FIELDS = ['at', 'until', 'since', 'inForceAt'] as const
const LIMITS_FIELDS = ['limits', 'previous', 'pending'] as const

export type FactMessage = { readonly kind: string }

export function factToMessage(fact: Fact): FactMessage {
  const message: Record<string, unknown> & { kind: string } = { ...fact }
  convert(message, AMOUNT_FIELDS, (value) => formatAmount(value as Amount))
  convert(message, INSTANT_FIELDS, (value) => formatInstant(value as Instant))
  convert(message, LIMITS_FIELDS, (value) => limitsToMessage(value as LimitOverrides))
  return message
}

function factFromMessage(fact: FactMessage): Fact {
  const message: Record<string, unknown> & { kind: string } = { ...fact }
  convert(message, AMOUNT_FIELDS, (value) => unwrap(readExactAmount(value)))
  convert(message, INSTANT_FIELDS, (value) => unwrap(parseInstant(value)))
  convert(message, LIMITS_FIELDS, (value) => unwrap(parseLimits(value)))
  return message as unknown as Fact
}

function convert(message: Record<string, unknown>, fields: readonly string[], to: (value: unknown) => unknown) {
  for (const field of fields) {
    const value = message[field]
    if (value !== undefined && value !== null) message[field] = to(value)
  }
}

/** Reads an event; a refusal says what is wrong with it. */
export const decodeRiskEvent = total(readRiskEvent)

function readRiskEvent(bytes: Uint8Array): Parsed<RiskEvent> {
  const message = decodeRiskEventMessage(bytes)
  return message.ok ? riskEventOfMessage(message.value) : message
}

/** Reads the fields of an event; amounts and times are still unchecked text. */
export const decodeRiskEventMessage = total(readRiskEventMessage)

function readRiskEventMessage(bytes: Uint8Array): Parsed<RiskEventMessage> {
  const json = parseJson(bytes)
  return json.ok ? checkRiskEvent(json.value.value) : json
}

/** Reads the amounts and times of an event. */
export function riskEventOfMessage(message: RiskEventMessage): Parsed<RiskEvent> {
  try {
    return parsed(riskEventFromMessage(message))
  } catch (error) {
    if (error instanceof FieldFault) return refused(error.message)
    throw error
  }
}

function riskEventFromMessage(message: RiskEventMessage): RiskEvent {
  return {
    type: message.type,
    trader: message.trader,
    recordedAt: toInstant(message.recordedAt),
    effectiveAt: toInstant(message.effectiveAt),
    rulesVersion: message.rulesVersion,
    configVersion: message.configVersion,
    tickSeq: message.tickSeq,
    facts: message.facts.map(factFromMessage),
    state: stateFromMessage(message.state, message.version, message.inputSeq),
  }
}

function stateFromMessage(state: StateMessage, version: number, inputSeq: number): TraderState {
  return {
    version,
    inputSeq,
    firstInputSeq: state.firstInputSeq,
    time: toNullableInstant(state.time),
    clock: state.clock,
    firstEquity: toNullableAmount(state.firstEquity),
    equity: toNullableAmount(state.equity),
    balance: toNullableAmount(state.balance),
    peakEquity: toNullableAmount(state.peakEquity),
    dayStartedAt: toNullableInstant(state.dayStartedAt),
    nextResetAt: toNullableInstant(state.nextResetAt),
    dayEquity: toNullableAmount(state.dayEquity),
    dayBalance: toNullableAmount(state.dayBalance),
    pause:
      state.pause === null
        ? null
        : {
            since: toInstant(state.pause.since),
            until: toNullableInstant(state.pause.until),
            holds: state.pause.holds.map(
              (hold): Hold => ({
                holder: hold.holder,
                at: toInstant(hold.at),
                until: toNullableInstant(hold.until),
                reason: hold.reason,
              }),
            ),
          },
    unenforced: state.unenforced,
    warned: state.warned,
    lastTickAt: toNullableInstant(state.lastTickAt ?? null),
    staleSince: toNullableInstant(state.staleSince),
    limits: state.limits === null ? null : unwrap(parseLimits(state.limits as LimitsMessage)),
    pendingLimits: pendingFromMessage(state.pendingLimits),
    sequence: state.sequence === undefined ? null : sequenceFromMessage(state.sequence),
    currency: state.currency ?? null,
  }
}

/** Shared: hardly any trader has some. */
const NONE_PENDING: readonly PendingLimits[] = []

function pendingFromMessage(pending: StateMessage['pendingLimits']): readonly PendingLimits[] {
  if (pending === undefined || pending.length === 0) return NONE_PENDING
  return pending.map(({ at, limits }) => ({ at: toInstant(at), limits: unwrap(parseLimits(limits)) }))
}

/** A field that passes the schema but cannot be parsed; never leaves this file. */
class FieldFault extends Error {}

function unwrap<T>(read: Parsed<T>): T {
  if (!read.ok) throw new FieldFault(read.reason)
  return read.value
}

function toInstant(value: string): Instant {
  return unwrap(parseInstant(value))
}

function toNullableInstant(value: string | null): Instant | null {
  return value === null ? null : toInstant(value)
}

function toNullableAmount(value: string | null): Amount | null {
  return value === null ? null : unwrap(parseAmount(value))
}

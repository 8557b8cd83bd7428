import Type from 'typebox'
import { type Amount, formatAmount, readExactAmount } from './amount.ts'
import { compileCheck } from './faults.ts'
import { formatInstant, type Instant, parseInstant } from './instant.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { type LimitOverrides, limitsToMessage, recordedLimits } from './limits.ts'
import { type Parsed, parsed, refused, total } from './parsed.ts'
import { type Fact, measuresOf, type RiskEvent } from './risk-event.ts'
import { action, amount, count, EVENT_SCHEMA, instant, nullable, rule, schemaVersion } from './schema-fields.ts'
import { pauseReason, STANDING_CODES, standingOf } from './standing.ts'
import { RULES_OF_LINES, StateSchema, stateFromMessage, stateToMessage } from './state-wire.ts'
import { TRADER_EVENT_TYPES, TRADER_ID_PATTERN } from './subjects.ts'
import { FieldFault, moneyOrNull, timeOrNull, toInstant, unwrap } from './wire-fields.ts'

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
        /** `blocked`: entries wait without a pause. */
        status: Type.Union([Type.Literal('allowed'), Type.Literal('paused'), Type.Literal('blocked')]),
        until: nullable(instant, 'a time or null'),
        reason: nullable(Type.String(), 'a text or null'),
        /** Absent in events of rules before 6, as `action`. */
        code: Type.Optional(Type.Enum([...STANDING_CODES])),
        action: Type.Optional(nullable(action, '"block-entries", "flatten" or null')),
      },
      { description: 'a decision {status, until, reason, code, action}' },
    ),
    dailyPnl: nullable(amount, 'a decimal string or null'),
    drawdownPct: nullable(amount, 'a decimal string or null'),
    /** Absent in events of rules before 6. */
    budget: Type.Optional(
      nullable(
        Type.Object({ room: amount, limit: rule, factor: amount }),
        'a risk budget {room, limit, factor} or null',
      ),
    ),
    facts: Type.Array(Type.Object({ kind: Type.String() }), { description: 'a list of facts' }),
    state: Type.Object(StateSchema.properties, { description: 'a trader state' }),
  },
  { $id: 'RiskEvent', title: 'Risk event' },
)
export type RiskEventMessage = Type.Static<typeof RiskEventSchema>

const checkRiskEvent = compileCheck<RiskEventMessage>(RiskEventSchema)

/** The wire form of an event. The same event always gives the same bytes. */
export function encodeRiskEvent(event: RiskEvent): Uint8Array {
  return toJsonBytes(riskEventToMessage(event))
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
    decision: decisionOf(event),
    dailyPnl: moneyOrNull(dailyPnl),
    drawdownPct: moneyOrNull(drawdownPct),
    ...(event.rulesVersion < RULES_OF_LINES ? {} : { budget: budgetToMessage(event.budget) }),
    facts: event.facts.map(factToMessage),
    state: stateToMessage(event),
  }
}

function decisionOf({ rulesVersion, state }: RiskEvent): RiskEventMessage['decision'] {
  if (rulesVersion < RULES_OF_LINES) {
    return state.pause === null
      ? { status: 'allowed', until: null, reason: null }
      : { status: 'paused', until: timeOrNull(state.pause.until), reason: pauseReason(state.pause) }
  }
  const { allowed, code, action, reason, until, holders } = standingOf(state)
  const status = allowed ? 'allowed' : holders.length > 0 ? 'paused' : 'blocked'
  return { status, until: timeOrNull(until), reason, code, action }
}

function budgetToMessage(budget: RiskEvent['budget']): NonNullable<RiskEventMessage['budget']> | null {
  if (budget === null) return null
  return { room: formatAmount(budget.room), limit: budget.limit, factor: formatAmount(budget.factor) }
}

function budgetFromMessage(budget: RiskEventMessage['budget']): RiskEvent['budget'] {
  if (budget === undefined || budget === null) return null
  return {
    room: unwrap(readExactAmount(budget.room)),
    limit: budget.limit,
    factor: unwrap(readExactAmount(budget.factor)),
  }
}

/** The wire form of each field of a fact; a field in none of these is unchanged. */
const AMOUNT_FIELDS = [
  'equity',
  'balance',
  'observedPct',
  'limitPct',
  'loss',
  'base',
  'from',
  'to',
  'amount',
  'initialBalance',
  'peak',
  'dayStart',
] as const
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
  convert(message, LIMITS_FIELDS, (value) => unwrap(recordedLimits(value)))
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
    budget: budgetFromMessage(message.budget),
    facts: message.facts.map(factFromMessage),
    state: stateFromMessage(message),
  }
}

import Type from 'typebox'
import { accountMemoryFields, accountMemoryFromMessage, accountMemoryToMessage } from './account-memory-wire.ts'
import { type Amount, formatAmount, readExactAmount } from './amount.ts'
import { compileCheck } from './faults.ts'
import { isBareHolder } from './holder.ts'
import { formatInstant, type Instant, parseInstant } from './instant.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { LIMIT_NAME_PATTERN } from './limit-name.ts'
import {
  DoubtSchema,
  doubtFromMessage,
  doubtToMessage,
  LimitStateSchema,
  limitStateFromMessage,
  limitStateToMessage,
} from './limit-state-wire.ts'
import {
  type LimitOverrides,
  type LimitsMessage,
  limitsToMessage,
  type PendingLimits,
  recordedLimits,
} from './limits.ts'
import { type Parsed, parsed, refused, total } from './parsed.ts'
import { type Fact, type Hold, measuresOf, NO_DOUBT, type RiskEvent, type TraderState } from './risk-event.ts'
import { amount, count, EVENT_SCHEMA, instant, nullable, schemaVersion } from './schema-fields.ts'
import { pauseReason, STANDING_CODES, standingOf } from './standing.ts'
import { TRADER_EVENT_TYPES, TRADER_ID_PATTERN } from './subjects.ts'
import { sequenceFromMessage, sequenceToMessage, TickSequenceSchema } from './tick-sequence.ts'

export const rule = Type.String({ pattern: LIMIT_NAME_PATTERN, description: 'the name of a limit' })
export const holder = Type.String({ description: 'a holder like "limit:max_drawdown" or "operator:alice"' })
export const action = Type.Union([Type.Literal('block-entries'), Type.Literal('flatten')], {
  description: '"block-entries" or "flatten"',
})

const HoldSchema = Type.Object({
  holder,
  at: instant,
  until: nullable(instant, 'a time or null'),
  reason: Type.String(),
  /** Absent where an operator holds, and in events of rules before 6. */
  action: Type.Optional(action),
  /** Absent where it is `keep`; in events of rules before 6, limits rebase. */
  onEnd: Type.Optional(Type.Literal('rebase')),
  /** Absent where it is not firm. */
  firmUntil: Type.Optional(instant),
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
  /** Absent where true. */
  enforced: Type.Optional(Type.Boolean()),
  unenforced: Type.Array(rule),
  warned: Type.Array(rule),
  /** Absent in events of rules version 1, as `pendingLimits`. */
  lastTickAt: Type.Optional(nullable(instant, 'a time or null')),
  staleSince: nullable(instant, 'a time or null'),
  /** Absent while entries are not blocked by a closed market. */
  opensAt: Type.Optional(instant),
  /** Absent in events of rules before 6. */
  limitStates: Type.Optional(Type.Array(LimitStateSchema)),
  limitsKey: Type.Optional(Type.String()),
  /** Absent where there is none. */
  doubt: Type.Optional(DoubtSchema),
  ...accountMemoryFields,
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
type StateMessage = Type.Static<typeof StateSchema>

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
    dailyPnl: money(dailyPnl),
    drawdownPct: money(drawdownPct),
    ...(event.rulesVersion < RULES_OF_LINES ? {} : { budget: budgetToMessage(event.budget) }),
    facts: event.facts.map(factToMessage),
    state: stateToMessage(state),
  }
}

/** The first version of the rules with lines under equity. Events of older ones keep their form. */
export const RULES_OF_LINES = 6

function decisionOf({ rulesVersion, state }: RiskEvent): RiskEventMessage['decision'] {
  if (rulesVersion < RULES_OF_LINES) {
    return state.pause === null
      ? { status: 'allowed', until: null, reason: null }
      : { status: 'paused', until: time(state.pause.until), reason: pauseReason(state.pause) }
  }
  const { allowed, code, action, reason, until, holders } = standingOf(state)
  const status = allowed ? 'allowed' : holders.length > 0 ? 'paused' : 'blocked'
  return { status, until: time(until), reason, code, action }
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
              ...(hold.action === null ? {} : { action: hold.action }),
              ...(hold.onEnd === 'keep' || isBareHolder(hold.holder) ? {} : { onEnd: hold.onEnd }),
              ...(hold.firmUntil === null ? {} : { firmUntil: formatInstant(hold.firmUntil) }),
            })),
          },
    ...(state.enforced ? {} : { enforced: false }),
    unenforced: [...state.unenforced],
    warned: [...state.warned],
    lastTickAt: time(state.lastTickAt),
    staleSince: time(state.staleSince),
    ...(state.opensAt === null ? {} : { opensAt: formatInstant(state.opensAt) }),
    ...(state.limitStates.length === 0 ? {} : { limitStates: state.limitStates.map(limitStateToMessage) }),
    ...(state.limitsKey === '' ? {} : { limitsKey: state.limitsKey }),
    ...(state.doubt === NO_DOUBT || isNone(state.doubt) ? {} : { doubt: doubtToMessage(state.doubt) }),
    ...accountMemoryToMessage(state),
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

function isNone({ pending, zeros, rejected, late }: TraderState['doubt']): boolean {
  return pending === null && zeros === null && rejected === null && late === null
}

function money(value: Amount | null): string | null {
  return value === null ? null : formatAmount(value)
}

function time(value: Instant | null): string | null {
  return value === null ? null : formatInstant(value)
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
    state: stateFromMessage(message.state, message.version, message.inputSeq),
  }
}

function stateFromMessage(state: StateMessage, version: number, inputSeq: number): TraderState {
  const equity = toNullableAmount(state.equity)
  const balance = toNullableAmount(state.balance)
  const peakEquity = toNullableAmount(state.peakEquity)
  const dayEquity = toNullableAmount(state.dayEquity)
  const dayBalance = toNullableAmount(state.dayBalance)
  const currency = state.currency ?? null
  const told = { version, equity, balance, peakEquity, dayEquity, dayBalance, currency }
  return {
    version,
    inputSeq,
    firstInputSeq: state.firstInputSeq,
    time: toNullableInstant(state.time),
    clock: state.clock,
    firstEquity: toNullableAmount(state.firstEquity),
    equity,
    balance,
    peakEquity,
    dayStartedAt: toNullableInstant(state.dayStartedAt),
    nextResetAt: toNullableInstant(state.nextResetAt),
    dayEquity,
    dayBalance,
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
                action: hold.action ?? null,
                onEnd: hold.onEnd ?? (isBareHolder(hold.holder) ? 'rebase' : 'keep'),
                firmUntil: toNullableInstant(hold.firmUntil ?? null),
              }),
            ),
          },
    enforced: state.enforced ?? true,
    unenforced: state.unenforced,
    warned: state.warned,
    lastTickAt: toNullableInstant(state.lastTickAt ?? null),
    staleSince: toNullableInstant(state.staleSince),
    opensAt: toNullableInstant(state.opensAt ?? null),
    limitStates: state.limitStates === undefined ? NO_LIMIT_STATES : state.limitStates.map(limitStateOf),
    limitsKey: state.limitsKey ?? '',
    doubt: state.doubt === undefined ? NO_DOUBT : unwrap(doubtFromMessage(state.doubt)),
    ...unwrap(accountMemoryFromMessage(state, told)),
    limits: state.limits === null ? null : unwrap(recordedLimits(state.limits as LimitsMessage)),
    pendingLimits: pendingFromMessage(state.pendingLimits),
    sequence: state.sequence === undefined ? null : sequenceFromMessage(state.sequence),
    currency,
  }
}

const NO_LIMIT_STATES: TraderState['limitStates'] = []

function limitStateOf(message: Parameters<typeof limitStateFromMessage>[0]): TraderState['limitStates'][number] {
  return unwrap(limitStateFromMessage(message))
}

/** Shared: hardly any trader has some. */
const NONE_PENDING: readonly PendingLimits[] = []

function pendingFromMessage(pending: StateMessage['pendingLimits']): readonly PendingLimits[] {
  if (pending === undefined || pending.length === 0) return NONE_PENDING
  return pending.map(({ at, limits }) => ({ at: toInstant(at), limits: unwrap(recordedLimits(limits)) }))
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

/** Cash flows may have moved it beyond the bound for bots. */
function toNullableAmount(value: string | null): Amount | null {
  return value === null ? null : unwrap(readExactAmount(value))
}

import Type from 'typebox'
import { authorOf } from './author.ts'
import { parseTraderLimits } from './control.ts'
import { compileCheck } from './faults.ts'
import { formatInstant, type Instant, parseInstant } from './instant.ts'
import { parseJson, toJsonBytes } from './json.ts'
import {
  DEFAULT_LIMITS,
  type LimitOverrides,
  type Limits,
  type LimitsMessage,
  limitsToMessage,
  parseLimits,
} from './limits.ts'
import { type Parsed, parsed, refused, total } from './parsed.ts'
import { EVENT_SCHEMA } from './risk-event.ts'
import type { TraderId } from './subjects.ts'

interface ConfigEventEnvelope {
  /** Stream sequence of the input that made it. */
  readonly inputSeq: number
  /** The input's JetStream timestamp. */
  readonly recordedAt: Instant
  readonly reason: string | null
  readonly by: string | null
  /** Absent if the author names nobody else. */
  readonly onBehalfOf?: string
}

/** All flags in force from an input on, not only the changed ones. */
export interface FlagsEvent extends ConfigEventEnvelope {
  readonly kind: 'flags'
  readonly enforcement: boolean
  readonly persistence: boolean
  readonly previous: FlagsBefore | null
}

/** Previous values of the flags that the input names; null in events of versions that did not record them. */
export interface FlagsBefore {
  readonly enforcement?: boolean
  readonly persistence?: boolean
}

/** The default limits, the limits by trader and the bound on traders in force from an input on. */
export interface LimitsEvent extends ConfigEventEnvelope {
  readonly kind: 'limits'
  readonly defaults: Limits
  readonly traders: Readonly<Record<TraderId, LimitOverrides>>
  readonly maxTraders: number
  /** Pending changes that loosen them, in order of time; each field of the defaults or a trader at most once. */
  readonly pending: readonly PendingChange[]
  readonly previous: LimitsBefore | null
}

/**
 * Previous values of the limits that the input names; for a trader, the values in force, whether configured or default.
 * Null: the event is older than this field, or would become too long.
 */
export interface LimitsBefore {
  readonly defaults: LimitOverrides
  readonly traders: Readonly<Record<TraderId, LimitOverrides>>
  /** Null: the input does not name it. */
  readonly maxTraders: number | null
}

/** Limits that take effect later: defaults, and limits of traders. */
export interface PendingChange {
  /** JetStream time: inputs from then on are judged by them. */
  readonly at: Instant
  readonly defaults: LimitOverrides
  readonly traders: Readonly<Record<TraderId, LimitOverrides>>
}

export type ConfigEvent = FlagsEvent | LimitsEvent

const envelope = {
  schema: Type.Literal(EVENT_SCHEMA, { description: `${EVENT_SCHEMA}, the only event schema known here` }),
  inputSeq: Type.Integer({ minimum: 1, description: 'a whole number from 1 up' }),
  recordedAt: Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' }),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'a text or null' }),
  by: Type.Union([Type.String(), Type.Null()], { description: 'a text or null' }),
  onBehalfOf: Type.Optional(Type.String({ description: 'on whose behalf, as the author says' })),
}

/** The payload of `risk.config.flags`. */
export const FlagsEventSchema = Type.Object(
  {
    ...envelope,
    type: Type.Literal('flags', { description: '"flags"' }),
    enable_risk_enforcement: Type.Boolean({ description: 'true or false' }),
    enable_persistence: Type.Boolean({ description: 'true or false' }),
    previous: Type.Optional(
      Type.Object(
        {
          enable_risk_enforcement: Type.Optional(Type.Boolean()),
          enable_persistence: Type.Optional(Type.Boolean()),
        },
        { description: 'previous values of the flags that the input names' },
      ),
    ),
  },
  { $id: 'FlagsEvent' },
)

/** The payload of `risk.config.limits`. */
export const LimitsEventSchema = Type.Object(
  {
    ...envelope,
    type: Type.Literal('limits', { description: '"limits"' }),
    defaults: Type.Object({}, { description: 'the default limits, all of them' }),
    traders: Type.Record(Type.String(), Type.Unknown(), { description: 'limits by trader id' }),
    max_traders: Type.Integer({ minimum: 1, description: 'a whole number from 1 up' }),
    pending: Type.Optional(
      Type.Array(
        Type.Object({
          at: Type.String(),
          defaults: Type.Object({}),
          traders: Type.Record(Type.String(), Type.Unknown()),
        }),
        { description: 'a list of {at, defaults, traders}' },
      ),
    ),
    previous: Type.Optional(
      Type.Object(
        {
          defaults: Type.Object({}),
          traders: Type.Record(Type.String(), Type.Unknown()),
          max_traders: Type.Optional(Type.Integer({ minimum: 1 })),
        },
        {
          description: 'previous values of the limits that the input names: {defaults, traders, max_traders}',
        },
      ),
    ),
  },
  { $id: 'LimitsEvent' },
)

/** The wire form of a configuration event. The same event always gives the same bytes. */
export function encodeConfigEvent(event: ConfigEvent): Uint8Array {
  const shared = {
    schema: EVENT_SCHEMA,
    type: event.kind,
    inputSeq: event.inputSeq,
    recordedAt: formatInstant(event.recordedAt),
    reason: event.reason,
    ...authorOf(event),
  }
  if (event.kind === 'flags') {
    const { previous } = event
    return toJsonBytes({
      ...shared,
      ...flagsToMessage(event),
      ...(previous === null ? {} : { previous: flagsToMessage(previous) }),
    })
  }
  const pending = event.pending.map(({ at, defaults, traders }) => ({
    at: formatInstant(at),
    defaults: limitsToMessage(defaults),
    traders: tradersToMessage(traders),
  }))
  return toJsonBytes({
    ...shared,
    defaults: defaultsToMessage(event.defaults),
    traders: tradersToMessage(event.traders),
    max_traders: event.maxTraders,
    ...(pending.length === 0 ? {} : { pending }),
    ...(event.previous === null ? {} : { previous: limitsBeforeToMessage(event.previous) }),
  })
}

/** A flag that the input does not name is omitted. */
function flagsToMessage({ enforcement, persistence }: FlagsBefore) {
  return { enable_risk_enforcement: enforcement, enable_persistence: persistence }
}

function limitsBeforeToMessage({ defaults, traders, maxTraders }: LimitsBefore) {
  return {
    defaults: limitsToMessage(defaults),
    traders: tradersToMessage(traders),
    ...(maxTraders === null ? {} : { max_traders: maxTraders }),
  }
}

/** Without pending changes, the bytes are those of earlier versions: old and new guardians write the same event. */
function defaultsToMessage(defaults: Limits): LimitsMessage {
  const { loosen_after_minutes, ...message } = limitsToMessage(defaults)
  return loosen_after_minutes === undefined || loosen_after_minutes === 0
    ? message
    : { ...message, loosen_after_minutes }
}

function tradersToMessage(traders: Readonly<Record<TraderId, LimitOverrides>>): Record<TraderId, LimitsMessage> {
  return Object.fromEntries(Object.entries(traders).map(([trader, limits]) => [trader, limitsToMessage(limits)]))
}

const checkFlagsEvent = compileCheck<Type.Static<typeof FlagsEventSchema>>(FlagsEventSchema)
type PendingMessage = NonNullable<Type.Static<typeof LimitsEventSchema>['pending']>[number]
type LimitsBeforeMessage = NonNullable<Type.Static<typeof LimitsEventSchema>['previous']>

const checkLimitsEvent = compileCheck<Type.Static<typeof LimitsEventSchema>>(LimitsEventSchema)

export const decodeConfigEvent = total(readConfigEvent)

function readConfigEvent(kind: ConfigEvent['kind'], bytes: Uint8Array): Parsed<ConfigEvent> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  return kind === 'flags' ? readFlags(json.value.value) : readLimits(json.value.value)
}

function readFlags(value: unknown): Parsed<FlagsEvent> {
  const checked = checkFlagsEvent(value)
  if (!checked.ok) return checked
  const message = checked.value
  const recordedAt = parseInstant(message.recordedAt)
  if (!recordedAt.ok) return refused(`recordedAt ${recordedAt.reason}`)
  return parsed({
    kind: 'flags',
    inputSeq: message.inputSeq,
    recordedAt: recordedAt.value,
    reason: message.reason,
    ...authorOf(message),
    enforcement: message.enable_risk_enforcement,
    persistence: message.enable_persistence,
    previous: message.previous === undefined ? null : flagsBefore(message.previous),
  })
}

function flagsBefore(message: NonNullable<Type.Static<typeof FlagsEventSchema>['previous']>): FlagsBefore {
  const { enable_risk_enforcement: enforcement, enable_persistence: persistence } = message
  return {
    ...(enforcement === undefined ? {} : { enforcement }),
    ...(persistence === undefined ? {} : { persistence }),
  }
}

function readLimits(value: unknown): Parsed<LimitsEvent> {
  const checked = checkLimitsEvent(value)
  if (!checked.ok) return checked
  const message = checked.value
  const recordedAt = parseInstant(message.recordedAt)
  if (!recordedAt.ok) return refused(`recordedAt ${recordedAt.reason}`)
  const defaults = parseLimits(message.defaults)
  if (!defaults.ok) return refused(`defaults: ${defaults.reason}`)
  const traders = parseTraderLimits(message.traders)
  if (!traders.ok) return traders
  const pending = readPending(message.pending ?? [])
  if (!pending.ok) return pending
  const previous = message.previous === undefined ? parsed(null) : readLimitsBefore(message.previous)
  if (!previous.ok) return previous
  return parsed({
    kind: 'limits',
    inputSeq: message.inputSeq,
    recordedAt: recordedAt.value,
    reason: message.reason,
    ...authorOf(message),
    defaults: { ...DEFAULT_LIMITS, ...defaults.value },
    traders: traders.value,
    maxTraders: message.max_traders,
    pending: pending.value,
    previous: previous.value,
  })
}

function readLimitsBefore(message: LimitsBeforeMessage): Parsed<LimitsBefore> {
  const defaults = parseLimits(message.defaults)
  if (!defaults.ok) return refused(`previous: defaults: ${defaults.reason}`)
  const traders = parseTraderLimits(message.traders)
  if (!traders.ok) return refused(`previous: ${traders.reason}`)
  return parsed({ defaults: defaults.value, traders: traders.value, maxTraders: message.max_traders ?? null })
}

function readPending(changes: readonly PendingMessage[]): Parsed<readonly PendingChange[]> {
  const pending: PendingChange[] = []
  for (const [index, change] of changes.entries()) {
    const at = parseInstant(change.at)
    if (!at.ok) return refused(`pending.${index}: at ${at.reason}`)
    const defaults = parseLimits(change.defaults)
    if (!defaults.ok) return refused(`pending.${index}: defaults: ${defaults.reason}`)
    const traders = parseTraderLimits(change.traders)
    if (!traders.ok) return refused(`pending.${index}: ${traders.reason}`)
    pending.push({ at: at.value, defaults: defaults.value, traders: traders.value })
  }
  return parsed(pending)
}

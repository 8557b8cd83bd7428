import Type from 'typebox'
import { authorOf } from './author.ts'
import type {
  ConfigEvent,
  ConfigEventEnvelope,
  FlagsBefore,
  FlagsEvent,
  LimitsBefore,
  LimitsEvent,
  LimitsOfAll,
  PendingChange,
} from './config-event.ts'
import { parseTraderLimits } from './control.ts'
import { decoder } from './faults.ts'
import { formatInstant, parseInstant } from './instant.ts'
import { toJsonBytes } from './json.ts'
import {
  LATER_LIMITS,
  LIMITS_BEFORE,
  type Limits,
  type LimitsMessage,
  limitsToMessage,
  recordedLimits,
} from './limits.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { PauseOfAllSchema, pauseOfAllFrom, pauseOfAllToMessage } from './pause-all-wire.ts'
import { EVENT_SCHEMA, instant, nullable, schemaVersion, yesOrNo } from './schema-fields.ts'
import type { TraderId } from './subjects.ts'

const envelope = {
  schema: schemaVersion,
  inputSeq: Type.Integer({ minimum: 1, description: 'a whole number from 1 up' }),
  recordedAt: instant,
  reason: nullable(Type.String(), 'a text or null'),
  by: nullable(Type.String(), 'a text or null'),
  onBehalfOf: Type.Optional(Type.String({ description: 'on whose behalf, as the author says' })),
}

/** The payload of `risk.config.flags`. */
export const FlagsEventSchema = Type.Object(
  {
    ...envelope,
    type: Type.Literal('flags', { description: '"flags"' }),
    enable_risk_enforcement: yesOrNo,
    enable_persistence: yesOrNo,
    pause_all: Type.Optional(PauseOfAllSchema),
    previous: Type.Optional(
      Type.Object(
        {
          enable_risk_enforcement: Type.Optional(Type.Boolean()),
          enable_persistence: Type.Optional(Type.Boolean()),
          pause_all: Type.Optional(Type.Union([PauseOfAllSchema, Type.Null()])),
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
  const { pending, previous } = event
  return toJsonBytes({
    ...shared,
    defaults: defaultsToMessage(event.defaults),
    traders: tradersToMessage(event.traders),
    max_traders: event.maxTraders,
    ...(pending.length === 0
      ? {}
      : { pending: pending.map((change) => ({ at: formatInstant(change.at), ...limitsOfAllToMessage(change) })) }),
    ...(previous === null ? {} : { previous: limitsBeforeToMessage(previous) }),
  })
}

/** A flag that the input does not name is omitted. */
function flagsToMessage({ enforcement, persistence, pauseOfAll }: FlagsBefore) {
  return {
    enable_risk_enforcement: enforcement,
    enable_persistence: persistence,
    pause_all: pauseOfAll === undefined || pauseOfAll === null ? pauseOfAll : pauseOfAllToMessage(pauseOfAll),
  }
}

function limitsBeforeToMessage(before: LimitsBefore) {
  const { maxTraders } = before
  return { ...limitsOfAllToMessage(before), ...(maxTraders === null ? {} : { max_traders: maxTraders }) }
}

function limitsOfAllToMessage({ defaults, traders }: LimitsOfAll) {
  return { defaults: limitsToMessage(defaults), traders: tradersToMessage(traders) }
}

/** While later limits have the values from before there were such, the bytes are those of earlier versions. */
function defaultsToMessage(defaults: Limits): LimitsMessage {
  const known: { -readonly [K in keyof Limits]?: Limits[K] } = { ...defaults }
  for (const key of LATER_LIMITS) if (writtenOf(defaults, key) === writtenOf(LIMITS_BEFORE, key)) delete known[key]
  return limitsToMessage(known)
}

function writtenOf(limits: Limits, key: keyof Limits): string {
  return JSON.stringify(limitsToMessage({ [key]: limits[key] }))
}

function tradersToMessage(traders: LimitsOfAll['traders']): Record<TraderId, LimitsMessage> {
  return Object.fromEntries(Object.entries(traders).map(([trader, limits]) => [trader, limitsToMessage(limits)]))
}

type LimitsEventMessage = Type.Static<typeof LimitsEventSchema>

export function decodeConfigEvent(kind: ConfigEvent['kind'], bytes: Uint8Array): Parsed<ConfigEvent> {
  return kind === 'flags' ? decodeFlagsEvent(bytes) : decodeLimitsEvent(bytes)
}

const decodeFlagsEvent = decoder(FlagsEventSchema, (message): Parsed<FlagsEvent> => {
  const envelope = readEnvelope(message)
  if (!envelope.ok) return envelope
  const pauseOfAll = message.pause_all === undefined ? parsed(undefined) : pauseOfAllFrom(message.pause_all)
  if (!pauseOfAll.ok) return pauseOfAll
  const previous = message.previous === undefined ? parsed(null) : flagsBefore(message.previous)
  if (!previous.ok) return refused(`previous: ${previous.reason}`)
  return parsed({
    kind: 'flags',
    ...envelope.value,
    enforcement: message.enable_risk_enforcement,
    persistence: message.enable_persistence,
    ...(pauseOfAll.value === undefined ? {} : { pauseOfAll: pauseOfAll.value }),
    previous: previous.value,
  })
})

const decodeLimitsEvent = decoder(LimitsEventSchema, (message): Parsed<LimitsEvent> => {
  const envelope = readEnvelope(message)
  if (!envelope.ok) return envelope
  const limits = readLimitsOfAll(message, '')
  if (!limits.ok) return limits
  const pending = readPending(message.pending ?? [])
  if (!pending.ok) return pending
  const previous = message.previous === undefined ? parsed(null) : readLimitsBefore(message.previous)
  if (!previous.ok) return previous
  return parsed({
    kind: 'limits',
    ...envelope.value,
    defaults: { ...LIMITS_BEFORE, ...limits.value.defaults },
    traders: limits.value.traders,
    maxTraders: message.max_traders,
    pending: pending.value,
    previous: previous.value,
  })
})

function readEnvelope(message: Type.Static<typeof FlagsEventSchema> | LimitsEventMessage): Parsed<ConfigEventEnvelope> {
  const { inputSeq, reason } = message
  const recordedAt = parseInstant(message.recordedAt)
  if (!recordedAt.ok) return refused(`recordedAt ${recordedAt.reason}`)
  return parsed({ inputSeq, recordedAt: recordedAt.value, reason, ...authorOf(message) })
}

function flagsBefore(message: NonNullable<Type.Static<typeof FlagsEventSchema>['previous']>): Parsed<FlagsBefore> {
  const { enable_risk_enforcement: enforcement, enable_persistence: persistence, pause_all } = message
  const pauseOfAll = pause_all === undefined || pause_all === null ? parsed(pause_all) : pauseOfAllFrom(pause_all)
  if (!pauseOfAll.ok) return pauseOfAll
  return parsed({
    ...(enforcement === undefined ? {} : { enforcement }),
    ...(persistence === undefined ? {} : { persistence }),
    ...(pauseOfAll.value === undefined ? {} : { pauseOfAll: pauseOfAll.value }),
  })
}

/** @param where the beginning of the reason of a refusal: which part of the message it is */
function readLimitsOfAll(
  message: Pick<LimitsEventMessage, 'defaults' | 'traders'>,
  where: string,
): Parsed<LimitsOfAll> {
  const defaults = recordedLimits(message.defaults)
  if (!defaults.ok) return refused(`${where}defaults: ${defaults.reason}`)
  const traders = parseTraderLimits(message.traders, recordedLimits)
  if (!traders.ok) return refused(`${where}${traders.reason}`)
  return parsed({ defaults: defaults.value, traders: traders.value })
}

function readLimitsBefore(message: NonNullable<LimitsEventMessage['previous']>): Parsed<LimitsBefore> {
  const limits = readLimitsOfAll(message, 'previous: ')
  return limits.ok ? parsed({ ...limits.value, maxTraders: message.max_traders ?? null }) : limits
}

function readPending(changes: NonNullable<LimitsEventMessage['pending']>): Parsed<readonly PendingChange[]> {
  const pending: PendingChange[] = []
  for (const [index, change] of changes.entries()) {
    const at = parseInstant(change.at)
    if (!at.ok) return refused(`pending.${index}: at ${at.reason}`)
    const limits = readLimitsOfAll(change, `pending.${index}: `)
    if (!limits.ok) return limits
    pending.push({ at: at.value, ...limits.value })
  }
  return parsed(pending)
}

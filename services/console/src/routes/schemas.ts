import {
  CashFlowSchema,
  ConnectorReportSchema,
  CorrectSchema,
  DocumentedLimits,
  documentedSchemas,
  FlagsSchema,
  PauseSchema,
  RestartSchema,
  ResumeSchema,
} from '@drawbridge/contracts'
import Type, { type TProperties, type TSchema } from 'typebox'
import { FleetMemberSchema } from '../core/fleet.ts'
import { TRADER_OUTCOMES } from '../outbound/command-many.ts'

/** The token identifies the caller; a body may say on whose behalf. */
function unsigned<T extends TProperties & { readonly by: unknown }>({ by: _by, ...fields }: T) {
  return Type.Object({ ...fields, by }, { additionalProperties: false })
}
const description = 'the same as onBehalfOf; the author is the token'
const by = Type.Optional(Type.String({ minLength: 1, maxLength: 500, deprecated: true, description }))

export const CreateSchema = Type.Optional(
  Type.Boolean({ description: 'true or false: whether the trader may be one that has never reported' }),
)

/** A command to one trader. */
function toTrader<T extends TProperties & { readonly by: unknown }>(fields: T) {
  return unsigned({ ...fields, create: CreateSchema })
}

/** A command to many traders, which one of the fields names. */
function toMany<T extends TProperties & { readonly by: unknown }>(fields: T) {
  return toTrader({
    ...fields,
    all: Type.Optional(Type.Boolean({ description: 'true: all traders, also those that come later' })),
    prefix: Type.Optional(Type.String({ description: 'the first letters of ids of traders, like "desk-"' })),
    traders: Type.Optional(
      Type.Unsafe<unknown>(Type.Array(Type.String(), { description: 'a list of 1 to 1000 ids of traders' })),
    ),
  })
}

/** Whether an admin asks is known by the token. */
const { admin: _admin, ...resumeByAnybody } = ResumeSchema.properties

/** Bodies of commands: the payloads of control inputs, except that `by` has another meaning. */
export const bodies = {
  flags: unsigned(FlagsSchema.properties),
  /** Documented and not checked: the handler reads the bytes, and tells the faults of all parts at once. */
  limits: unsigned(documentedSchemas.GlobalLimits.properties),
  traderLimits: toTrader(documentedSchemas.TraderLimits.properties),
  pause: toTrader(PauseSchema.properties),
  resume: toTrader(resumeByAnybody),
  cashFlow: toTrader(CashFlowSchema.properties),
  pauseMany: toMany(PauseSchema.properties),
  resumeMany: toMany(resumeByAnybody),
  restart: toTrader(RestartSchema.properties),
  correct: toTrader(CorrectSchema.properties),
} as const

export const traderId = Type.String({ description: 'the id of a trader' })
export const traderParams = Type.Object({ id: traderId })

/**
 * The schemas of the answers, for `/docs`. Events are passed on as stored, without parsing: a test of all routes checks
 * that the answers match, not the types of the handlers.
 */
const answer = (description: string, fields: TProperties) => Type.Unsafe<object>(Type.Object(fields, { description }))

const { RiskEvent, FlagsEvent, LimitsEvent } = documentedSchemas
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = orNull(Type.String())
const whole = (description: string) => Type.Integer({ minimum: 0, description })
const limits = Type.Object(DocumentedLimits.properties)
const seq = whole('the sequence of the event in RISK')
const traceId = Type.Union([Type.String(), Type.Null()], { description: 'its trace' })
const logged = { seq, traceId, event: RiskEvent }

/** @param before the previous event of the configuration; null: the command is to one trader */
function commandAnswers(event: TSchema, before: TSchema | null) {
  const input = whole('the sequence of the command in INPUTS')
  const previous =
    before === null ? {} : { previous: Type.Union([before, Type.Null()], { description: 'the previous event' }) }
  const words = { description: 'what was accepted and probably not meant' }
  const warnings = Type.Optional(Type.Array(Type.String(), words))
  return {
    200: answer('Stored', { input, seq, traceId, event, ...previous, warnings }),
    202: answer('Stored in INPUTS, but not decided within 2 s', {
      input: Type.Union([input, Type.Null()], { description: 'null: not known until the logs are adopted' }),
      seq: Type.Null(),
      traceId,
      event: Type.Null(),
      warnings,
    }),
  }
}

export const commandAnswer = commandAnswers(RiskEvent, null)
export const flagsCommandAnswer = commandAnswers(FlagsEvent, FlagsEvent)
export const limitsCommandAnswer = commandAnswers(LimitsEvent, LimitsEvent)

const manyDone = answer('What has become of each trader', {
  later: Type.Boolean({ description: 'whether traders that come later are paused, too' }),
  input: orNull(whole('the sequence in INPUTS of the pause of all')),
  event: orNull(FlagsEvent),
  counts: Type.Record(Type.Enum([...TRADER_OUTCOMES]), whole('so many traders')),
  traders: Type.Array(
    Type.Object({
      trader: Type.String(),
      outcome: Type.Enum([...TRADER_OUTCOMES], { description: 'what has become of the command' }),
      input: orNull(whole('the sequence of its command in INPUTS')),
      status: text,
      holders: Type.Array(Type.String(), { description: 'who holds its pause then' }),
      reason: text,
    }),
    { description: 'at most 1000, those first for which it is not done' },
  ),
})
/** 207: it is not done for all of them. */
export const manyAnswer = { 200: manyDone, 207: manyDone }

/** The origin of a configuration; the built-in one has none. */
const madeBy = {
  version: whole('the input that set it; 0: it is built in'),
  changedAt: Type.Optional(Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' })),
  by: Type.Optional(text),
  onBehalfOf: Type.Optional(Type.String()),
  reason: Type.Optional(text),
}

const { enable_risk_enforcement, enable_persistence, pause_all, previous: flagsBefore } = FlagsEvent.properties
export const flagsAnswer = {
  200: answer('The flags', {
    enable_risk_enforcement,
    enable_persistence,
    pause_all,
    ...madeBy,
    previous: flagsBefore,
  }),
}

const { defaults, traders, max_traders, pending, previous: limitsBefore } = LimitsEvent.properties
export const limitsAnswer = {
  200: answer('The configured limits', { ...madeBy, defaults, traders, max_traders, pending, previous: limitsBefore }),
}

export const traderLimitsAnswer = {
  200: answer('The limits of a trader', {
    trader: Type.String(),
    version: whole("the version of the trader's newest event, to which these limits belong; 0: it has none"),
    configVersion: whole('the input that set the configuration'),
    limits,
    own: limits,
    pending: Type.Array(Type.Object({ at: Type.String(), limits })),
    configured: limits,
  }),
}

export const fleetAnswer = {
  200: answer('Traders, and their number', {
    traders: Type.Array(FleetMemberSchema),
    total: whole('the number with that status'),
    next: Type.Union([Type.String(), Type.Null()], { description: 'the `after` of the next page' }),
  }),
}

const distance = Type.Object({
  rule: Type.String({ description: 'the name of the limit' }),
  measure: Type.Enum(['loss', 'profit']),
  from: Type.Union([Type.String(), Type.Null()], { description: 'what it is measured from' }),
  tested: Type.Union([Type.String(), Type.Null()], { description: 'the value that is compared' }),
  loss: Type.Union([Type.String(), Type.Null()], { description: 'of a profit the gain' }),
  base: Type.Union([Type.String(), Type.Null()], { description: 'what the percentages are of' }),
  observedPct: text,
  limitPct: text,
  line: Type.Union([Type.String(), Type.Null()], { description: 'the floor, or the ceiling of a profit' }),
  breaksAt: Type.Union([Type.String(), Type.Null()], { description: 'where entries are blocked; null: nowhere' }),
  room: Type.Union([Type.String(), Type.Null()], { description: 'how much more until then; 0 or less: it is broken' }),
  active: Type.Boolean({ description: 'false: it begins to hold after a profit' }),
  uncomputable: Type.Union([Type.String(), Type.Null()], { description: 'why it cannot be computed' }),
})
const report = Type.Object(
  {
    consistency: orNull(
      Type.Object({
        bestDay: Type.String(),
        profit: Type.String(),
        sharePct: text,
        profitNeeded: Type.String({ description: 'the profit at which the share of the best day is allowed' }),
        isMet: Type.Boolean(),
      }),
    ),
    minDays: orNull(Type.Object({ days: Type.Integer(), isMet: Type.Boolean() })),
    profitTarget: orNull(Type.Object({ target: Type.String(), distance: Type.String() })),
  },
  { description: 'what is told and never blocks; null: it is not asked for, or nothing is known' },
)
export const traderAnswer = {
  200: Type.Unsafe<object>(
    Type.Object(
      {
        id: Type.String(),
        seq: orNull(seq),
        traceId: Type.Optional(traceId),
        event: Type.Union([RiskEvent, Type.Null()], { description: 'the newest event; null: none yet' }),
        limits: orNull(limits),
        distances: Type.Array(distance),
        report,
      },
      { description: 'The trader; with its gate, if the service runs it itself', additionalProperties: true },
    ),
  ),
}

const standing = Type.Object({
  allowed: Type.Boolean(),
  code: Type.String(),
  reason: text,
  until: text,
  holders: Type.Array(Type.String()),
})
export const previewAnswer = {
  200: answer('What would become of it', {
    refused: Type.Union([Type.String(), Type.Null()], { description: 'why it would be refused' }),
    words: Type.Union([Type.String(), Type.Null()], { description: 'what would happen; null: nothing' }),
    before: standing,
    after: standing,
    distances: Type.Array(distance),
    pending: Type.Array(Type.Object({ at: Type.String(), limits }), { description: 'what of a change would wait' }),
    version: whole("of the trader's newest event, by which it was judged"),
    warnings: Type.Array(Type.String(), { description: 'what is valid and probably not meant' }),
  }),
}

export const eventsAnswer = { 200: answer('Events', { events: Type.Array(Type.Object(logged)) }) }

export const explainAnswer = {
  200: answer('The decision', {
    trader: Type.String(),
    version: whole('the sequence of the event in RISK'),
    words: Type.Array(Type.String(), { description: 'the arithmetic' }),
    input: Type.Union(
      [
        Type.Object({
          seq: whole('its sequence in INPUTS'),
          subject: Type.String(),
          time: Type.String(),
          payload: Type.String(),
          traceId,
        }),
        Type.Null(),
      ],
      { description: 'null: it has expired in INPUTS' },
    ),
    limits,
    enforcement: Type.Boolean(),
    ...logged,
  }),
}

export const eventStreamAnswer = {
  200: {
    description:
      'Server-sent events: `id` is the sequence in RISK, `data` is {"seq", "traceId", "event"}, and `words` if asked for',
    content: { 'text/event-stream': { schema: Type.Unsafe<object>(Type.String()) } },
  },
}

export const liveAnswer = {
  200: {
    description:
      'Server-sent events: `begin` voids what is known, `traders` are new or changed summaries as in /api/traders, ' +
      '`complete` says that all are sent, and `pulse` comes once a second',
    content: { 'text/event-stream': { schema: Type.Unsafe<object>(Type.String()) } },
  },
}

const size = Type.Object({
  stream: Type.String(),
  messages: whole('so many messages'),
  bytes: whole('so many bytes'),
  bytesMax: orNull(whole('so many bytes may be in it')),
  lastSeq: whole('the sequence of the last message'),
  lastAt: Type.Union([Type.String(), Type.Null()], { description: 'when it was stored' }),
})
export const healthAnswer = {
  200: answer('How each stage is', {
    nats: Type.Object({ away: Type.Union([Type.String(), Type.Null()], { description: 'why it is not reached' }) }),
    streams: Type.Array(size),
    storage: orNull(Type.Object({ bytes: whole('so many bytes of all streams'), bytesMax: orNull(whole('may be')) })),
    guardians: Type.Array(
      Type.Object({
        instance: Type.String(),
        heardAt: Type.String(),
        settled: whole('every input up to this one is decided'),
        lag: whole('so many inputs wait'),
        isActive: Type.Boolean({ description: 'false: it is a standby' }),
      }),
    ),
    persister: orNull(
      Type.Object({
        pending: whole('so many events are not read yet'),
        unacknowledged: whole('so many are being written'),
        writtenUpTo: whole('all events up to this one are in the database'),
        waiting: whole('so many requests of persisters wait for events: 0 means that none runs, or all are busy'),
      }),
    ),
    database: Type.Union(
      [
        Type.Object({
          away: Type.Union([Type.String(), Type.Null()], {
            description: 'why the history cannot be read; null: it can',
          }),
          since: Type.String({ description: 'since when that is so, as far as this console knows' }),
          connections: orNull(whole('so many connections of all programs')),
          connectionsMax: orNull(whole('so many may be')),
          lagMs: Type.Union([Type.Number(), Type.Null()], {
            description: 'how far a replica is behind, milliseconds; null: it is no replica, or is away',
          }),
        }),
        Type.Null(),
      ],
      { description: 'null: it was not asked yet' },
    ),
    connectors: Type.Array(
      Type.Object({
        ...ConnectorReportSchema.properties,
        heardAt: Type.String(),
        isCurrent: Type.Boolean({ description: 'false: it does not tell any more how it does' }),
      }),
      { description: 'as each was last heard' },
    ),
    feed: Type.Object({ isCurrent: Type.Boolean({ description: 'whether the console knows the whole risk log' }) }),
    deadLetters: Type.Array(
      Type.Object({
        seq: whole('in REJECTS'),
        at: Type.String(),
        stream: Type.String(),
        subject: Type.String(),
        reason: Type.String(),
        bytes: whole('so many bytes'),
        text: Type.String({ description: 'the beginning of it' }),
      }),
      { description: 'the last ones, the newest first' },
    ),
  }),
}

import { documentedSchemas, LimitsSchema } from '@drawbridge/contracts'
import Type, { type TProperties, type TSchema } from 'typebox'

/**
 * What the routes answer, for `/docs`. Events are handed on as they are stored, without being read: that the answers are
 * these is held by a test of all of them, not by the types of the handlers.
 */
const answer = (description: string, fields: TProperties) => Type.Unsafe<object>(Type.Object(fields, { description }))

const { RiskEvent, FlagsEvent, LimitsEvent } = documentedSchemas
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = orNull(Type.String())
const whole = (description: string) => Type.Integer({ minimum: 0, description })
const limits = Type.Object(LimitsSchema.properties)
const seq = whole('the place of the event in RISK')
const traceId = Type.Union([Type.String(), Type.Null()], { description: 'the trace that it is of' })
const logged = { seq, traceId, event: RiskEvent }

/** @param before of a configuration, its event before; null: the command is to one trader */
function commandAnswers(event: TSchema, before: TSchema | null) {
  const input = whole('the sequence of the command in INPUTS')
  const previous =
    before === null ? {} : { previous: Type.Union([before, Type.Null()], { description: 'the event before' }) }
  return {
    200: answer('Stored', { input, seq, traceId, event, ...previous }),
    202: answer('In INPUTS, and not decided within 2 s', { input, seq: Type.Null(), traceId, event: Type.Null() }),
  }
}

export const commandAnswer = commandAnswers(RiskEvent, null)
export const flagsCommandAnswer = commandAnswers(FlagsEvent, FlagsEvent)
export const limitsCommandAnswer = commandAnswers(LimitsEvent, LimitsEvent)

/** Of a configuration; before the log says anything, nobody has made it. */
const madeBy = {
  version: whole('the input that made it; 0: it is built in'),
  changedAt: Type.Optional(Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' })),
  by: Type.Optional(text),
  onBehalfOf: Type.Optional(Type.String()),
  reason: Type.Optional(text),
}

const { enable_risk_enforcement, enable_persistence, previous: flagsBefore } = FlagsEvent.properties
export const flagsAnswer = {
  200: answer('The flags', { enable_risk_enforcement, enable_persistence, ...madeBy, previous: flagsBefore }),
}

const { defaults, traders, max_traders, pending, previous: limitsBefore } = LimitsEvent.properties
export const limitsAnswer = {
  200: answer('The limits of all', { ...madeBy, defaults, traders, max_traders, pending, previous: limitsBefore }),
}

export const traderLimitsAnswer = {
  200: answer('The limits of a trader', {
    trader: Type.String(),
    version: whole("the version of the trader's newest event, after which its own limits are these; 0: it has none"),
    configVersion: whole('the input that made the configuration'),
    limits,
    own: limits,
    pending: Type.Array(Type.Object({ at: Type.String(), limits })),
    configured: limits,
  }),
}

export const fleetAnswer = {
  200: answer('Traders, and how many there are', {
    traders: Type.Array(
      Type.Object({
        id: Type.String(),
        version: whole('of its newest event'),
        type: Type.String(),
        recordedAt: Type.String(),
        status: Type.Enum(['allowed', 'paused']),
        until: text,
        reason: text,
        equity: text,
        peakEquity: text,
        dailyPnl: text,
        drawdownPct: text,
        staleSince: text,
      }),
    ),
    total: whole('of that status'),
    next: Type.Union([Type.String(), Type.Null()], { description: 'for the page that follows, `after`' }),
  }),
}

const distance = Type.Object({
  rule: Type.Enum(['max_daily_loss', 'max_drawdown']),
  limitPct: text,
  observedPct: Type.String(),
  loss: Type.String(),
  from: Type.String(),
  base: Type.String(),
  breaksAt: text,
  room: text,
})
export const traderAnswer = {
  200: Type.Unsafe<object>(
    Type.Object(
      {
        id: Type.String(),
        seq: orNull(seq),
        traceId: Type.Optional(traceId),
        event: Type.Union([RiskEvent, Type.Null()], { description: 'the newest one; null: there is none yet' }),
        limits: orNull(limits),
        distances: Type.Array(distance),
      },
      { description: 'The trader; where the service runs it itself, its gate as well', additionalProperties: true },
    ),
  ),
}

export const eventsAnswer = { 200: answer('Events', { events: Type.Array(Type.Object(logged)) }) }

export const explainAnswer = {
  200: answer('The decision', {
    trader: Type.String(),
    version: whole('of the event'),
    words: Type.Array(Type.String(), { description: 'the arithmetic' }),
    input: Type.Union(
      [
        Type.Object({
          seq: whole('its place in INPUTS'),
          subject: Type.String(),
          time: Type.String(),
          payload: Type.String(),
          traceId,
        }),
        Type.Null(),
      ],
      { description: 'null: INPUTS does not keep it any more' },
    ),
    limits,
    enforcement: Type.Boolean(),
    ...logged,
  }),
}

export const eventStreamAnswer = {
  200: {
    description: 'Server-sent events: `id` is the place in RISK, `data` is {"seq", "traceId", "event"}',
    content: { 'text/event-stream': { schema: Type.Unsafe<object>(Type.String()) } },
  },
}

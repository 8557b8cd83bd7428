import { NOTICE_KINDS, SEVERITIES, SILENCE_DAYS_MAX } from '@drawbridge/contracts'
import Type, { type TProperties } from 'typebox'

const trader = Type.String({ minLength: 1, maxLength: 64, description: 'the id of a trader; ":system" for faults' })
const kind = Type.Enum([...NOTICE_KINDS], { description: `one of ${NOTICE_KINDS.join(', ')}` })
/** Nobody is silent about a test: it goes to the channel that somebody names. */
const SILENCED_KINDS = NOTICE_KINDS.filter((one) => one !== 'test')
const strict = { additionalProperties: false } as const

export const notifyBodies = {
  acknowledge: Type.Object(
    {
      trader,
      alert: Type.Optional(Type.String({ maxLength: 200, description: 'one alert, like "breach:max_daily_loss"' })),
    },
    strict,
  ),
  silence: Type.Object(
    {
      trader: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'the id of a trader' })),
      tag: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'a tag of traders' })),
      kind: Type.Optional(Type.Enum(SILENCED_KINDS, { description: `one of ${SILENCED_KINDS.join(', ')}` })),
      all: Type.Optional(
        Type.Boolean({ description: 'true: everything, also broken limits; only without trader, tag and kind' }),
      ),
      until: Type.String({
        description: `a time like "2026-03-12T20:00:00Z", at most ${SILENCE_DAYS_MAX} days ahead`,
      }),
      reason: Type.String({ pattern: '\\S', maxLength: 500, description: 'a text that says why' }),
    },
    strict,
  ),
} as const

export const notifyParams = {
  event: Type.Object({
    trader: Type.String({ description: 'the id of a trader; ":system" for faults' }),
    version: Type.String({ description: 'the version of the event' }),
  }),
  channel: Type.Object({ channel: Type.String({ description: 'the name of a channel of config.json' }) }),
  silence: Type.Object({ id: Type.String({ description: 'the id of a silence' }) }),
} as const

const time = (description: string) => Type.String({ description })
const timeOrNull = (description: string) => Type.Union([Type.String(), Type.Null()], { description })
const textOrNull = timeOrNull
const whole = (description: string) => Type.Integer({ minimum: 0, description })
const severity = Type.Enum([...SEVERITIES], { description: `one of ${SEVERITIES.join(', ')}` })
const traderOrNull = (description: string) => textOrNull(`the id of a trader; null: ${description}`)

const notifier = Type.Object({
  works: Type.Boolean({ description: 'whether a notifier was heard lately' }),
  heardAt: timeOrNull('when one was heard last; null: never'),
})
const channel = Type.Object({
  name: Type.String(),
  kind: Type.String({ description: 'such as "ntfy"' }),
  state: Type.Enum(['untried', 'ok', 'failing', 'shut-out'], {
    description: 'shut-out: it refuses us until somebody mends that',
  }),
  since: time('of that state'),
  reason: textOrNull('why it fails; null: it does not'),
  lastSentAt: timeOrNull('when it last took a message; null: never'),
  waiting: whole('so many notices wait for it'),
})
const alert = Type.Object({
  trader,
  key: Type.String({ description: 'like "breach:max_daily_loss", "silent" or "fault:persister"' }),
  kind,
  severity,
  version: whole("the trader's event that was told last"),
  openedAt: time('when it began'),
  toldAt: timeOrNull('when it was told last; null: never'),
  repeated: whole('so often it was told again'),
  isSilenced: Type.Boolean({ description: 'whether a silence keeps it from being told' }),
  acknowledged: Type.Union([Type.Object({ by: Type.String(), at: Type.String() }), Type.Null()], {
    description: 'null: by nobody',
  }),
})
const silence = Type.Object({
  id: Type.String(),
  trader: traderOrNull('of any trader, and of none'),
  tag: textOrNull('a tag of the trader; null: whatever tags it has'),
  kind: Type.Union([kind, Type.Null()], { description: 'null: of any kind' }),
  until: Type.String(),
  reason: Type.String(),
  by: Type.String(),
})
const delivery = Type.Object({
  id: Type.String({ description: 'of the message' }),
  channel: Type.String(),
  trader: traderOrNull('it is of none'),
  version: whole('of the event'),
  kind,
  severity,
  round: Type.String({ description: 'like "first", "repeated-2", "escalated-1" or "resolved"' }),
  outcome: Type.Enum(['sent', 'gave-up'], { description: 'gave-up: it was never told' }),
  at: Type.String(),
  attempts: whole('so often it was tried'),
  maybeTwice: Type.Boolean({ description: 'whether the receiver may have got it twice' }),
  together: whole('so many notices were in the same message'),
  detail: textOrNull("the receiver's id of the message, or why it was given up"),
})

const acknowledgement = Type.Object({
  alert: Type.String({ description: 'its key' }),
  by: Type.String({ description: 'like "telegram:7", "link:mail" or the name of a token' }),
  at: Type.String(),
})

const answer = (description: string, fields: TProperties) => Type.Unsafe<object>(Type.Object(fields, { description }))
const reason = textOrNull('why it is not done yet; null: it is done')
const done = { reason }
const taken = (fields: TProperties) => ({
  200: answer('Done', { ...fields, ...done }),
  202: answer('Kept until a notifier works, and not done yet', { ...fields, ...done }),
})

export const notifyAnswers = {
  told: {
    200: answer('Who is told, and of what', {
      notifier: Type.Union([notifier, Type.Null()], { description: 'null: nobody is told, see docs/notify.md' }),
      channels: Type.Array(channel, { description: 'by name' }),
      alerts: Type.Array(alert, {
        description:
          'those that go on, at most 500: first what nobody acknowledged, then by severity, the newest first',
      }),
      alertsInAll: whole('how many alerts go on'),
      silences: Type.Array(silence, { description: 'those that are in force' }),
    }),
  },
  deliveries: {
    200: answer('What became of each message', {
      deliveries: Type.Union([Type.Array(delivery), Type.Null()], { description: 'null: nobody is told of anything' }),
      acknowledgements: Type.Array(acknowledgement, { description: 'also of alerts that are over' }),
    }),
  },
  acknowledged: taken({ alerts: Type.Array(Type.String(), { description: 'the keys of those that were meant' }) }),
  silenced: taken({ id: Type.String({ description: 'of the silence' }) }),
  tested: {
    200: answer('What became of the test message', {
      channel: Type.String(),
      outcome: Type.Enum(['sent', 'gave-up', 'waiting'], { description: 'waiting: nobody knows yet' }),
      reason: textOrNull('why it is not sent; null: it is'),
    }),
  },
} as const

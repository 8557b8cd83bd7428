import Type, { type TProperties, type TSchema } from 'typebox'
import { LimitRoomSchema } from '../core/room-left.ts'

const answer = (description: string, fields: TProperties) => Type.Unsafe<object>(Type.Object(fields, { description }))
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = orNull(Type.String())
const millis = (description: string) => Type.Number({ description: `${description}, milliseconds since 1970` })
const millisOrNull = (description: string) =>
  Type.Union([Type.Number(), Type.Null()], { description: `${description}, milliseconds since 1970` })
const numbers = Type.Array(Type.Number())
const series = Type.Array(orNull(Type.Number()))
const version = Type.Number({ description: 'the version of the event' })
const span = { trader: Type.String(), from: Type.String(), until: Type.String() }
const extent = { begins: millis('the first event of the history'), ends: millis('the last one') }
const measure = Type.Enum(['loss', 'profit'])

const limitSeries = Type.Object({
  name: Type.String(),
  measure,
  line: Type.Array(orNull(Type.Number()), { description: 'the floor, or the ceiling of a profit' }),
  reference: Type.Array(orNull(Type.Number()), { description: 'what it is measured from' }),
  blocksAt: Type.Array(orNull(Type.Number()), { description: 'where entries are blocked' }),
})

export const equityAnswer = {
  200: answer('Points of a chart by column; amounts are rounded to doubles, for drawing', {
    ...span,
    ...extent,
    source: Type.Enum(['events', 'minutes', 'hours', 'days'], { description: 'what they were read from' }),
    widthMs: Type.Number({ description: 'the width of a point, milliseconds' }),
    at: Type.Array(Type.Number(), { description: 'the time of its first event, milliseconds since 1970' }),
    events: Type.Array(Type.Number(), { description: 'how many events it has' }),
    version: Type.Array(Type.Number(), { description: 'the version of its last event' }),
    first: numbers,
    low: numbers,
    high: numbers,
    last: numbers,
    peak: series,
    drawdownPct: Type.Array(orNull(Type.Number()), { description: 'the worst' }),
    limits: Type.Array(limitSeries, { description: 'as the engine recorded them at the last event of each point' }),
  }),
}

export const blockedAnswer = {
  200: answer('Times that entries waited', {
    ...span,
    periods: Type.Array(
      Type.Object({
        from: millisOrNull('when it began; null: before the span'),
        until: millisOrNull('when it ended; null: not in the span'),
        code: Type.String({ description: 'as decisions have it; `paused` of rules before 6' }),
        holders: Type.Array(Type.String()),
        reason: text,
        version,
      }),
      { description: 'in the order of time; of too many the longest' },
    ),
    count: Type.Number({ description: 'how many there are' }),
    more: Type.Boolean({ description: 'whether some are left out' }),
    blockedMs: Type.Number({ description: 'all of them together, milliseconds' }),
  }),
}

export const marksAnswer = {
  200: answer('What happened', {
    ...span,
    marks: Type.Array(
      Type.Object({
        at: millis('when'),
        version,
        kind: Type.Enum(['breached', 'warned', 'cash-flow', 'reading-unconfirmed']),
        equity: orNull(Type.Number()),
        rule: Type.Union([Type.String(), Type.Null()], { description: 'the limit' }),
        observedPct: text,
        limitPct: text,
        amount: Type.Union([Type.String(), Type.Null()], { description: 'of a cash flow; of a reading its equity' }),
        reason: text,
      }),
      { description: 'in the order of time; of too many the newest of each kind' },
    ),
    more: Type.Array(Type.String(), { description: 'kinds whose older ones are left out' }),
  }),
}

export const daysAnswer = {
  200: answer('Trading days that began in the span', {
    ...span,
    days: Type.Array(
      Type.Object({
        day: millis('when it began'),
        open: text,
        close: text,
        low: text,
        high: text,
        pnl: Type.Union([Type.String(), Type.Null()], { description: '`close - open`, less cash flows' }),
        cashFlow: Type.String(),
        drawdownPct: Type.Union([Type.String(), Type.Null()], { description: 'the worst' }),
        breaches: Type.Number(),
        blockedSeconds: Type.Number({ description: 'how long entries waited by its events' }),
        firstVersion: Type.Number(),
        lastVersion: Type.Number(),
      }),
      { description: 'in the order of time; of too many the newest' },
    ),
    more: Type.Boolean({ description: 'whether older ones are left out' }),
  }),
}

export const drawdownsAnswer = {
  200: answer('The deepest drawdowns', {
    ...span,
    drawdowns: Type.Array(
      Type.Object({
        from: millis('when equity left the peak'),
        troughAt: millis('when it was lowest'),
        until: millisOrNull('when it was at a peak again; null: not in the span'),
        peak: Type.String(),
        trough: Type.String(),
        drawdownPct: Type.String(),
        version,
      }),
      { description: 'the deepest first' },
    ),
  }),
}

export const fleetAtAnswer = {
  200: answer('Traders as they were', {
    at: Type.String(),
    traders: Type.Array(
      Type.Object({
        trader: Type.String(),
        version,
        at: millis('of the event that says so'),
        status: Type.Enum(['allowed', 'paused', 'blocked']),
        code: Type.String(),
        until: millisOrNull('when the pause may end'),
        reason: text,
        equity: text,
        peak: text,
        dailyPnl: text,
        drawdownPct: text,
        limits: Type.Array(LimitRoomSchema, { description: 'the room to each limit, the nearest first' }),
      }),
      { description: 'those that had an event by then, by id' },
    ),
    next: Type.Union([Type.String(), Type.Null()], { description: 'the `after` of the next page' }),
  }),
}

export const extentAnswer = {
  200: answer('What the history holds', {
    begins: millisOrNull('the first event; null: there is none'),
    ends: millisOrNull('the last one'),
  }),
}

export const recordingAnswer = {
  200: {
    description: 'A recording: blocks of a length in four bytes and so many bytes',
    content: {
      'application/octet-stream': {
        schema: Type.Unsafe<object>(Type.String({ contentMediaType: 'application/octet-stream' })),
      },
    },
  },
}

export const csvAnswer = {
  200: {
    description: 'Events in the order of time, with a line of names first',
    content: { 'text/csv': { schema: Type.Unsafe<object>(Type.String()) } },
  },
}

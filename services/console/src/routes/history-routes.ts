import {
  POINTS_MAX,
  readBlockedPeriods,
  readDrawdowns,
  readEquity,
  readMarks,
  readTradingDays,
  type Select,
  type Span,
} from '@drawbridge/history/reads'
import { type HttpServer, traderInPath } from '@drawbridge/service-kit'
import Type from 'typebox'
import { blockedAnswer, daysAnswer, drawdownsAnswer, equityAnswer, marksAnswer } from './history-answers.ts'
import { spanQuery, toldSpan } from './history-span.ts'
import { type History, readOfSpan } from './read-history.ts'
import { traderParams as params } from './schemas.ts'

const config = { access: 'read', aboutTraders: traderInPath } as const
const tags = ['history']
/** About two a pixel of a usual screen. */
const POINTS = 1_500

const upTo = (max: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: max, description: `a whole number, 1 to ${max}` }))

/** What the history says of a trader between two instants. */
export function addHistoryRoutes(server: HttpServer, history: History): void {
  addEquityRoute(server, history)
  const add = (list: List) => addListRoute(server, history, list)
  add({
    name: 'blocked',
    summary: 'Times that entries waited, and why',
    limit: { usual: 500, max: 5_000 },
    response: blockedAnswer,
    read: async (select, span, max) => {
      const found = await readBlockedPeriods(select, span, max)
      return { ...found, more: found.count > found.periods.length }
    },
  })
  add({
    name: 'marks',
    summary: 'Breaches, warnings, cash flows and unconfirmed readings',
    limit: { usual: 500, max: 5_000 },
    response: marksAnswer,
    read: readMarks,
  })
  add({
    name: 'days',
    summary: 'Trading days: how each began and ended, and the worst of it',
    limit: { usual: 400, max: 8_000 },
    response: daysAnswer,
    read: readTradingDays,
  })
  add({
    name: 'drawdowns',
    summary: 'The deepest drawdowns',
    limit: { usual: 10, max: 100 },
    response: drawdownsAnswer,
    read: async (select, span, max) => ({ drawdowns: await readDrawdowns(select, span, max) }),
  })
}

function addEquityRoute(server: HttpServer, history: History): void {
  const summary = 'Equity with its peak and the line of each limit, downsampled by the database'
  const querystring = Type.Object({ ...spanQuery, points: upTo(POINTS_MAX) })
  const schema = { summary, tags, params, querystring, response: equityAnswer }
  server.get('/api/history/traders/:id/equity', { config, schema }, async (request, reply) => {
    const { points = POINTS } = request.query
    const chart = await readOfSpan(history, request, async (select, span, extent) => {
      return { trader: span.trader, ...toldSpan(span), ...extent, ...(await readEquity(select, span, points)) }
    })
    // Thousands of numbers; none needs a check by the schema.
    return reply.serializer(JSON.stringify).send(chart)
  })
}

/** A bounded list of what was in a span. */
interface List {
  readonly name: string
  readonly summary: string
  readonly limit: { readonly usual: number; readonly max: number }
  readonly response: object
  readonly read: (select: Select, span: Span, max: number) => Promise<object>
}

function addListRoute(server: HttpServer, history: History, { name, summary, limit, response, read }: List): void {
  const querystring = Type.Object({ ...spanQuery, limit: upTo(limit.max) })
  const schema = { summary, tags, params, querystring, response }
  server.get(`/api/history/traders/:id/${name}`, { config, schema }, (request) =>
    readOfSpan(history, request, async (select, span) => ({
      trader: span.trader,
      ...toldSpan(span),
      ...(await read(select, span, request.query.limit ?? limit.usual)),
    })),
  )
}

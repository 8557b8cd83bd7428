import { limitsToMessage, TRADER_ID_PATTERN } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import { distancesOf, distanceToMessage } from '../core/distances.ts'
import { limitsInForce } from '../core/limits-in-force.ts'
import { wireOf } from '../core/wire.ts'
import { readConfiguration, traderEvent } from '../inbound/read-events.ts'
import { readRange } from '../inbound/read-range.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { eventsAnswer, fleetAnswer, traderAnswer } from './answers.ts'
import { traderOf } from './asking.ts'
import { logged, unknown } from './logged.ts'
import { traderParams } from './schemas.ts'

const read = { access: 'read' } as const
const tags = ['traders']
const PAGE = { limit: 100, limitMax: 1_000 }
const EVENTS = { limit: 50, limitMax: 500 }

const limitOf = (max: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: max, description: `a whole number, 1 to ${max}` }))
const version = Type.Optional(
  Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'the version of an event' }),
)
const fleetQuery = Type.Object({
  limit: limitOf(PAGE.limitMax),
  after: Type.Optional(Type.String({ pattern: TRADER_ID_PATTERN, description: 'the id of a trader' })),
  status: Type.Optional(Type.Enum(['allowed', 'paused', 'stale'], { description: '"allowed", "paused" or "stale"' })),
})
const eventsQuery = Type.Object({ limit: limitOf(EVENTS.limitMax), before: version, from: version })

/** The fleet, and the details of one trader. */
export function addTraderRoutes(server: HttpServer, parts: OperatorParts): void {
  const { fleet, feed, reader, connection } = parts

  const list = {
    summary: 'Summaries of all traders, sorted by id',
    tags,
    querystring: fleetQuery,
    response: fleetAnswer,
  }
  server.get('/api/traders', { config: read, schema: list }, (request) => {
    if (!feed.isCurrent) throw new HttpFault(503, 'not-ready', 'the risk log is being read; try again in a moment')
    const { limit = PAGE.limit, after = null, status = null } = request.query
    return fleet.page(limit, after, status)
  })

  const one = {
    summary: 'State, limits in force and distance to each limit',
    tags,
    params: traderParams,
    response: traderAnswer,
  }
  server.get('/api/traders/:id', { config: read, schema: one }, async (request) => {
    const id = traderOf(request.params.id)
    const newest = await reader.last(id)
    if (newest === null) throw unknown(id)
    const { state } = traderEvent(newest)
    const configuration = await readConfiguration(reader, null)
    const limits = limitsInForce(configuration, id, state, Date.now())
    return {
      id,
      ...logged(newest),
      limits: limitsToMessage(limits),
      distances: distancesOf(state, limits).map(distanceToMessage),
    }
  })

  const events = { summary: 'Events of a trader: newest first, or from a version on', tags, params: traderParams }
  const eventsSchema = { ...events, querystring: eventsQuery, response: eventsAnswer }
  server.get('/api/traders/:id/events', { config: read, schema: eventsSchema }, async (request) => {
    const id = traderOf(request.params.id)
    const { limit = EVENTS.limit, before, from } = request.query
    const newest = await reader.last(id)
    if (newest === null) throw unknown(id)
    const end = wireOf(newest.data)?.version ?? 0
    const last = Math.min(end, (before ?? Number.MAX_SAFE_INTEGER) - 1)
    const first = from ?? Math.max(1, last - limit + 1)
    const begin = await reader.first(id, (event) => (event.version ?? 0) >= first)
    const found = begin === null ? [] : await readRange(connection, id, begin.event.seq, limit)
    const wanted = found.filter(({ data }) => (wireOf(data)?.version ?? 0) <= last).map(logged)
    return { events: from === undefined ? wanted.reverse() : wanted }
  })
}

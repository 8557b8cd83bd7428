import { limitsToMessage, type OperatorCommand, TRADER_ID_PATTERN, type TraderId } from '@drawbridge/contracts'
import { reportOf } from '@drawbridge/risk-engine'
import { HttpFault, type HttpServer, traderInPath } from '@drawbridge/service-kit'
import Type from 'typebox'
import { traderCommand } from '../core/command.ts'
import { distancesOf, distanceToMessage } from '../core/distances.ts'
import { explain } from '../core/explain.ts'
import { limitsInForce } from '../core/limits.ts'
import { reportToMessage } from '../core/report.ts'
import { traderRivals } from '../core/rival.ts'
import { wireOf } from '../core/wire.ts'
import { traderEvent } from '../inbound/risk-log-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { answerCommand } from './answer-command.ts'
import { commandQuery, commandRequest, logged, nothingOf, splitCreate, traderOf } from './asking.ts'
import { type Guarded, readLastRival, traderTag } from './if-match.ts'
import {
  bodies,
  commandAnswer,
  eventsAnswer,
  explainAnswer,
  fleetAnswer,
  traderParams as params,
  traderAnswer,
  traderId,
} from './schemas.ts'

const read = { access: 'read' } as const
const readOwn = { ...read, aboutTraders: traderInPath } as const
const operate = { access: 'operate' } as const
const tags = ['traders']
const PAGE = { limit: 100, limitMax: 1_000 }
const EVENTS = { limit: 50, limitMax: 500 }

const limitOf = (max: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: max, description: `a whole number, 1 to ${max}` }))
const aVersion = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'the version of an event' })
const version = Type.Optional(aVersion)
const fleetQuery = Type.Object({
  limit: limitOf(PAGE.limitMax),
  after: Type.Optional(Type.String({ pattern: TRADER_ID_PATTERN, description: 'the id of a trader' })),
  status: Type.Optional(
    Type.Enum(['allowed', 'paused', 'blocked', 'stale'], { description: '"allowed", "paused", "blocked" or "stale"' }),
  ),
})
const explainParams = Type.Object({ id: traderId, version: aVersion })
const eventsQuery = Type.Object({ limit: limitOf(EVENTS.limitMax), before: version, from: version })

/** The fleet, and the details and events of one trader. */
export function addTraderRoutes(server: HttpServer, parts: OperatorParts): void {
  const { fleet, feed, reader, known } = parts

  const summary = 'Summaries of all traders, sorted by id'
  const list = { summary, tags, querystring: fleetQuery, response: fleetAnswer }
  server.get('/api/traders', { config: read, schema: list }, (request) => {
    if (!feed.isCurrent) throw new HttpFault(503, 'not-ready', 'the risk log is being read; try again in a moment')
    const { limit = PAGE.limit, after = null, status = null } = request.query
    return fleet.page(limit, after, status)
  })

  const details = 'State, limits in force and distance to each limit'
  const one = { summary: details, tags, params, response: traderAnswer }
  server.get('/api/traders/:id', { config: readOwn, schema: one }, async (request, reply) => {
    const id = traderOf(request.params.id)
    // Before what is shown: whoever commands it meanwhile makes the tag an old one.
    const tag = traderTag(await readLastRival(parts, traderRivals(id), id))
    const newest = await reader.last(id)
    if (newest === null) throw await nothingOf(known, request, id)
    const { state } = traderEvent(newest)
    const configuration = await reader.configuration(null)
    const limits = limitsInForce(configuration, id, state, Date.now())
    return reply.header('etag', tag).send({
      id,
      ...logged(newest),
      limits: limitsToMessage(limits),
      distances: distancesOf(state, limits).map(distanceToMessage),
      report: reportToMessage(reportOf(state, limits)),
    })
  })

  const order = 'Events of a trader: newest first, or from a version on'
  const events = { summary: order, tags, params, querystring: eventsQuery, response: eventsAnswer }
  server.get('/api/traders/:id/events', { config: readOwn, schema: events }, async (request) => {
    const id = traderOf(request.params.id)
    const { limit = EVENTS.limit, before, from } = request.query
    const newest = await reader.last(id)
    if (newest === null) throw await nothingOf(known, request, id)
    const end = wireOf(newest.data)?.version ?? 0
    const last = Math.min(end, (before ?? Number.MAX_SAFE_INTEGER) - 1)
    const first = from ?? Math.max(1, last - limit + 1)
    const begin = await reader.first(id, (event) => (event.version ?? 0) >= first)
    const found = begin === null ? [] : await reader.range(id, begin.event.seq, limit)
    const wanted = found.filter(({ data }) => (wireOf(data)?.version ?? 0) <= last).map(logged)
    return { events: from === undefined ? wanted.reverse() : wanted }
  })
}

/** From a decision back to its causes. */
export function addExplainRoutes(server: HttpServer, { reader, feed, known }: OperatorParts): void {
  const summary = 'A decision: its input, the limits in force then, and the arithmetic'
  const schema = { summary, tags, params: explainParams, response: explainAnswer }
  server.get('/api/traders/:id/explain/:version', { config: read, schema }, async (request) => {
    const id = traderOf(request.params.id)
    const { version } = request.params
    const found = await reader.first(id, (event) => (event.version ?? 0) >= version)
    if (found === null || wireOf(found.event.data)?.version !== version) {
      if ((await reader.last(id)) === null) throw await nothingOf(known, request, id)
      throw new HttpFault(404, 'unknown-version', `event ${version} of trader "${id}" not found in the risk log`)
    }
    const event = traderEvent(found.event)
    const configuration = await reader.configuration(event.configVersion)
    // Those in force after it: a change of limits is judged by what it changes.
    const limits = limitsInForce(configuration, id, event.state, event.recordedAt)
    const { enforcement } = configuration
    return {
      trader: id,
      version,
      words: explain(event, limits, enforcement),
      input: await reader.input(event.state.inputSeq - feed.inputsOffset),
      limits: limitsToMessage(limits),
      enforcement,
      ...logged(found.event),
    }
  })
}

/** Whatever people do to a trader. */
function guardedTrader(trader: TraderId): Guarded {
  return { log: trader, rivals: traderRivals(trader), tagNow: traderTag }
}

/** The commands to one trader. */
export function addCommandRoutes(server: HttpServer, parts: OperatorParts): void {
  const add = (kind: Exclude<OperatorCommand, 'limits'>, body: object, summary: string) => {
    const schema = {
      summary,
      tags,
      params,
      querystring: commandQuery,
      body: Type.Unsafe<Readonly<Record<string, unknown>>>(body),
      response: commandAnswer,
    }
    server.post(`/api/traders/:id/${kind}`, { config: operate, schema }, async (request, reply) => {
      const trader = traderOf(request.params.id)
      const { command: body, create } = splitCreate(request.body, request.query)
      const command = traderCommand(kind, trader, body, commandRequest(request))
      if (command.ok && !create) await parts.known.require(trader)
      return answerCommand(parts, command, request, reply, guardedTrader(trader))
    })
  }
  add('pause', bodies.pause, 'Pauses the trader, until a given time or until it is resumed')
  add(
    'resume',
    bodies.resume,
    "Ends the caller's own hold, or those that `holder` names; a limit that is still broken needs `rebase`",
  )
  add('cash-flow', bodies.cashFlow, 'Records a deposit, or a withdrawal if negative')
  add(
    'restart',
    bodies.restart,
    'Begins a new account period: what limits are measured from, holds and counts start again',
  )
  add('correct', bodies.correct, 'Corrects what one limit is measured from, or voids the last reading')
}

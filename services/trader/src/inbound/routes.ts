import { EXIT, type Gate, REPORT_WAIT_MAX_MS, REPORT_WAIT_MS, reportWithin } from '@drawbridge/client'
import {
  decodeTick,
  formatInstant,
  headerNames,
  parseTraderId,
  TickSchema,
  type TraderId,
  traceIdOf,
} from '@drawbridge/contracts'
import { type Count, HttpFault, type HttpServer, traderInPath } from '@drawbridge/service-kit'
import Type, { type Static } from 'typebox'
import type { RunningTrader } from '../traders.ts'
import { AnswerSchema, JudgedSchema, StatusSchema, type VerdictSchema, WaitingSchema } from './answers.ts'

const read = { access: 'read', aboutTraders: traderInPath } as const
const operate = { access: 'operate', aboutTraders: traderInPath } as const
const tags = ['traders']
/** A gate that was just made knows its newest decision within this time, if a guardian answers. */
const READ_WITHIN_MS = 500
const params = Type.Object({ id: Type.String({ description: 'the id of a trader; it need not be configured' }) })
/** Parsed by the handler, which has its own message. */
const querystring = Type.Object({ intent: Type.Optional(Type.Unknown({ description: '"enter" or "reduce"' })) })

const waitQuery = Type.Object({
  wait_ms: Type.Optional(
    Type.Unknown({
      description:
        `how long to wait for the decision on this reading, milliseconds, 0 to ${REPORT_WAIT_MAX_MS}; ` +
        `${REPORT_WAIT_MS} if not given`,
    }),
  ),
})

/** Finds the traders of this process. */
interface TraderFinder {
  /** @throws {HttpFault} */
  find(id: TraderId): RunningTrader
}

/** `/api/traders/:id`, its gate, and the endpoint for its equity. */
export function addTraderRoutes(server: HttpServer, traders: TraderFinder, ticksRefused: Count): void {
  const find = (id: string): RunningTrader => {
    const parsed = parseTraderId(id)
    if (!parsed.ok) throw new HttpFault(400, 'invalid-trader', parsed.reason)
    return traders.find(parsed.value)
  }

  const canTrade = {
    summary: 'Whether the trader may trade now',
    tags,
    params,
    querystring,
    response: { 200: AnswerSchema },
  }
  const config = { ...read, evenWhenBusy: true, isExit }
  server.get('/api/traders/:id/can-trade', { config, schema: canTrade }, async (request) => {
    const { intent = 'enter' } = request.query
    if (intent !== 'enter' && intent !== 'reduce') {
      throw new HttpFault(400, 'invalid-intent', 'intent must be "enter" or "reduce"')
    }
    if (intent === 'reduce') return EXIT
    const { gate } = find(request.params.id)
    await gate.untilKnown(READ_WITHIN_MS)
    return answerOf(gate)
  })

  const status = { summary: 'The status of the trader', tags, params, response: { 200: StatusSchema } }
  server.get('/api/traders/:id', { config: read, schema: status }, (request) => statusOf(find(request.params.id)))

  const report = {
    summary: 'Reports the equity of the trader, and answers whether it may trade after this reading',
    tags,
    params,
    querystring: waitQuery,
    response: { 200: JudgedSchema, 202: WaitingSchema },
  }
  server.post(
    '/api/traders/:id/equity',
    { config: { ...operate, takes: TickSchema }, schema: report },
    async (request, reply) => {
      const waitMs = waitOf(request.query.wait_ms)
      const { gate, outbox, ...trader } = find(request.params.id)
      if (outbox === null) throw fedElsewhere(trader)
      const payload = request.body instanceof Uint8Array ? request.body : new Uint8Array()
      const tick = decodeTick(payload)
      if (!tick.ok) {
        ticksRefused.inc()
        throw new HttpFault(400, 'invalid-tick', refusalOf(tick.reason))
      }
      const traceparent = request.headers[headerNames.traceparent]
      // An invalid one is dropped, as the W3C requires; it would not fit into a NATS header either.
      const isTrace = typeof traceparent === 'string' && traceIdOf(traceparent) !== null
      const own = outbox.send(payload, tick.value, isTrace ? traceparent : '')
      const told = await reportWithin(gate, own, waitMs)
      reply.code(told.decision === null ? 202 : 200)
      const { faults } = tick.value
      const taken = { accepted: true as const, waitingTicks: outbox.waiting, ...(faults === null ? {} : { faults }) }
      return { ...taken, ...told, version: gate.version, ageMs: gate.ageMs }
    },
  )
}

function fedElsewhere({ id, source }: Pick<RunningTrader, 'id' | 'source'>): HttpFault {
  if (source.kind !== 'sum') {
    return new HttpFault(409, 'fed-by-replay', `trader "${id}" is driven by a replay and accepts no other equity`)
  }
  const members = `report the equity of its members: ${source.of.join(', ')}`
  return new HttpFault(409, 'fed-by-sum', `trader "${id}" is the sum of others and accepts no other equity; ${members}`)
}

/** The reason of the log, as a sentence about the request. */
function refusalOf(reason: string): string {
  if (reason === 'equity is missing') return `${reason}: send JSON like {"equity": 10250.5}`
  return reason.startsWith('equity ') ? reason : `the body ${reason}`
}

function waitOf(value: unknown): number {
  if (value === undefined) return REPORT_WAIT_MS
  const waitMs = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (waitMs <= REPORT_WAIT_MAX_MS) return waitMs
  throw new HttpFault(400, 'invalid-wait', `wait_ms must be a whole number of milliseconds, 0 to ${REPORT_WAIT_MAX_MS}`)
}

function answerOf(gate: Gate): Static<typeof VerdictSchema> {
  return { ...gate.canTrade(), version: gate.version, ageMs: gate.ageMs }
}

/** The answer is the same for everybody and for every trader, so it needs no token, and no gate is asked. */
function isExit({ query }: { readonly query: unknown }): boolean {
  return (query as { readonly intent?: unknown }).intent === 'reduce'
}

/** What this process knows about a trader that it runs. */
function statusOf({ id, source, gate, obeys, outbox, replay, sum }: RunningTrader): Static<typeof StatusSchema> {
  return {
    id,
    source: source.kind,
    version: gate.version,
    canTrade: answerOf(gate),
    silentSince: gate.staleSince === null ? null : formatInstant(gate.staleSince),
    waitingTicks: outbox?.waiting ?? 0,
    thinnedTicks: outbox?.thinned ?? 0,
    obeys: [...obeys],
    replay: replay?.progress ?? null,
    sum: source.kind === 'sum' ? { of: [...source.of], undecided: sum?.undecided ?? null } : null,
  }
}

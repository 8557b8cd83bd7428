import { EXIT, GATE_CODES } from '@drawbridge/client'
import { decodeTick, formatInstant, headerNames, parseTraderId, TickSchema, traceIdOf } from '@drawbridge/contracts'
import { type Count, HttpFault, type HttpServer } from '@drawbridge/service-kit'
import Type, { type Static } from 'typebox'
import type { RunningTrader, Traders } from '../traders.ts'

const read = { access: 'read' } as const
const operate = { access: 'operate' } as const
const tags = ['traders']
const params = Type.Object({ id: Type.String({ description: 'the id of a trader' }) })
/** Parsed by the handler, which has its own message. */
const querystring = Type.Object({ intent: Type.Optional(Type.Unknown({ description: '"enter" or "reduce"' })) })

const text = Type.Union([Type.String(), Type.Null()])
const VerdictSchema = Type.Object({
  allowed: Type.Boolean(),
  code: Type.Enum([...GATE_CODES], { description: 'why, for programs; the reason is for people' }),
  action: Type.Union([Type.Literal('block-entries'), Type.Literal('flatten'), Type.Null()], {
    description: 'what the holds ask for; "flatten": to close the positions, too',
  }),
  holders: Type.Unsafe<readonly string[]>(
    Type.Array(Type.String(), { description: 'who holds the pause, like "limit:max_drawdown"' }),
  ),
  reason: text,
  until: text,
  budget: Type.Union(
    [
      Type.Object({
        room: Type.String({ description: 'a loss of so much breaks the limit' }),
        limit: Type.String({ description: 'the limit whose line is nearest' }),
        factor: Type.String({ description: 'what part of their usual size new positions may have, 0 to 1' }),
      }),
      Type.Null(),
    ],
    { description: 'how much may be lost yet; null: not known, or without a limit' },
  ),
  retryAfterMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'report and ask again after so long: the next reading decides',
  }),
})
const StatusSchema = Type.Object({
  id: Type.String(),
  source: Type.Enum(['http', 'replay']),
  version: Type.Integer({ description: 'the version of the decision in force; 0: none yet' }),
  canTrade: VerdictSchema,
  silentSince: text,
  waitingTicks: Type.Integer(),
  thinnedTicks: Type.Integer(),
  replay: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]),
})
const faults = 'by field: what could not be read; the tick counts without it, unless a limit needs the field'
const AcceptedSchema = Type.Object({
  accepted: Type.Literal(true),
  waitingTicks: Type.Integer(),
  faults: Type.Optional(Type.Record(Type.String(), Type.String(), { description: faults })),
})

/** `/api/traders/:id`, its gate, and the endpoint for its equity. */
export function addTraderRoutes(server: HttpServer, traders: Traders, ticksRefused: Count): void {
  const find = (id: string): RunningTrader => {
    const parsed = parseTraderId(id)
    if (!parsed.ok) throw new HttpFault(400, 'invalid-trader', parsed.reason)
    const trader = traders.get(parsed.value)
    if (trader !== undefined) return trader
    throw new HttpFault(
      404,
      'unknown-trader',
      `no trader "${parsed.value}" is configured; add it to "traders" in config.json`,
    )
  }

  const canTrade = {
    summary: 'Whether the trader may trade now',
    tags,
    params,
    querystring,
    response: { 200: VerdictSchema },
  }
  const config = { ...read, evenWhenBusy: true, isExit }
  server.get('/api/traders/:id/can-trade', { config, schema: canTrade }, (request) => {
    const { intent = 'enter' } = request.query
    if (intent !== 'enter' && intent !== 'reduce') {
      throw new HttpFault(400, 'invalid-intent', 'intent must be "enter" or "reduce"')
    }
    if (intent === 'reduce') return EXIT
    return find(request.params.id).gate.canTrade()
  })

  const status = { summary: 'The status of the trader', tags, params, response: { 200: StatusSchema } }
  server.get('/api/traders/:id', { config: read, schema: status }, (request) => statusOf(find(request.params.id)))

  const report = { summary: 'Reports the equity of the trader', tags, params, response: { 202: AcceptedSchema } }
  server.post(
    '/api/traders/:id/equity',
    { config: { ...operate, takes: TickSchema }, schema: report },
    (request, reply) => {
      const { id, outbox } = find(request.params.id)
      if (outbox === null) {
        throw new HttpFault(409, 'fed-by-replay', `trader "${id}" is driven by a replay and accepts no other equity`)
      }
      const payload = request.body instanceof Uint8Array ? request.body : new Uint8Array()
      const tick = decodeTick(payload)
      if (!tick.ok) {
        ticksRefused.inc()
        throw new HttpFault(400, 'invalid-tick', tick.reason)
      }
      const traceparent = request.headers[headerNames.traceparent]
      // An invalid one is dropped, as the W3C requires; it would not fit into a NATS header either.
      const isTrace = typeof traceparent === 'string' && traceIdOf(traceparent) !== null
      outbox.send(payload, tick.value, isTrace ? traceparent : '')
      reply.code(202)
      const { faults } = tick.value
      return { accepted: true as const, waitingTicks: outbox.waiting, ...(faults === null ? {} : { faults }) }
    },
  )
}

/** The answer is the same for everybody and for every trader, so it needs no token, and no gate is asked. */
function isExit({ query }: { readonly query: unknown }): boolean {
  return (query as { readonly intent?: unknown }).intent === 'reduce'
}

/** What this process knows about a trader that it runs. */
function statusOf({ id, source, gate, outbox, replay }: RunningTrader): Static<typeof StatusSchema> {
  return {
    id,
    source: source.kind,
    version: gate.version,
    canTrade: gate.canTrade(),
    silentSince: gate.staleSince === null ? null : formatInstant(gate.staleSince),
    waitingTicks: outbox?.waiting ?? 0,
    thinnedTicks: outbox?.thinned ?? 0,
    replay: replay?.progress ?? null,
  }
}

import { decodeTick, formatInstant, headerNames, parseTraderId, type TraderId, traceIdOf } from '@drawbridge/contracts'
import type { HttpServer } from '@drawbridge/service-kit'
import type { RunningTrader } from '../traders.ts'

/** `/api/traders/:id`, its gate, and the door for its equity. */
export function addTraderRoutes(server: HttpServer, traders: ReadonlyMap<TraderId, RunningTrader>): void {
  const find = (id: string): RunningTrader => {
    const parsed = parseTraderId(id)
    if (!parsed.ok) throw fault(400, 'invalid-trader', parsed.reason)
    const trader = traders.get(parsed.value)
    if (trader !== undefined) return trader
    throw fault(404, 'unknown-trader', `no trader "${parsed.value}" is configured; add it to "traders" in config.json`)
  }

  server.get<{ Params: { id: string }; Querystring: { intent?: string } }>('/api/traders/:id/can-trade', (request) => {
    const { intent = 'enter' } = request.query
    if (intent !== 'enter' && intent !== 'reduce') {
      throw fault(400, 'invalid-intent', 'intent must be "enter" or "reduce"')
    }
    return find(request.params.id).gate.canTrade(intent)
  })

  server.get<{ Params: { id: string } }>('/api/traders/:id', (request) => {
    const { id, source, gate, outbox, replay } = find(request.params.id)
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
  })

  server.post<{ Params: { id: string }; Body: Buffer | undefined }>('/api/traders/:id/equity', (request, reply) => {
    const { id, outbox } = find(request.params.id)
    if (outbox === null) {
      throw fault(409, 'fed-by-replay', `trader "${id}" is fed by a replay and takes no equity from elsewhere`)
    }
    const payload = request.body ?? Buffer.alloc(0)
    const tick = decodeTick(payload)
    if (!tick.ok) throw fault(400, 'invalid-tick', tick.reason)
    const traceparent = request.headers[headerNames.traceparent]
    // As W3C asks, one that is not valid is left out; it would not fit into a NATS header either.
    const isTrace = typeof traceparent === 'string' && traceIdOf(traceparent) !== null
    outbox.send(payload, tick.value, isTrace ? traceparent : '')
    return reply.code(202).send({ accepted: true, waitingTicks: outbox.waiting })
  })
}

function fault(statusCode: number, code: string, message: string): Error {
  return Object.assign(new Error(message), { statusCode, code })
}

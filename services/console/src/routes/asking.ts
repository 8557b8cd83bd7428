import { ANYBODY_BY_HTTP, parseTraderId, type TraderId, traceIdOf } from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyRequest } from 'fastify'
import { wireOf } from '../core/wire.ts'
import type { LoggedEvent } from '../inbound/risk-feed.ts'

/** The caller: the name of the token. */
export function nameOf(request: FastifyRequest): string {
  return request.principal?.name ?? ANYBODY_BY_HTTP
}

/** @throws an error that says why it is not a trader id */
export function traderOf(id: string): TraderId {
  const trader = parseTraderId(id)
  if (trader.ok) return trader.value
  throw new HttpFault(400, 'invalid-trader', trader.reason)
}

export function unknown(id: string): HttpFault {
  return new HttpFault(404, 'unknown-trader', `trader "${id}" not found: the risk log has no event of it`)
}

/** An event in an answer: its sequence in the log, its trace, and its stored form. */
export function logged({ seq, data, traceparent }: LoggedEvent) {
  return { seq, traceId: traceIdOf(traceparent), event: wireOf(data) }
}

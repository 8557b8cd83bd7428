import { traceIdOf } from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import { wireOf } from '../core/wire.ts'
import type { LoggedEvent } from '../inbound/risk-feed.ts'

/** An event in an answer: its sequence in the log, its trace, and its stored form. */
export function logged({ seq, data, traceparent }: LoggedEvent) {
  return { seq, traceId: traceIdOf(traceparent), event: wireOf(data) }
}

export function unknown(id: string): HttpFault {
  return new HttpFault(404, 'unknown-trader', `trader "${id}" not found: the risk log has no event of it`)
}

import { traceIdOf } from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import { wireOf } from '../core/wire.ts'
import type { LoggedEvent } from '../inbound/risk-feed.ts'

/** An event as it is answered: its place in the log, its trace, and what is stored. */
export function logged({ seq, data, traceparent }: LoggedEvent) {
  return { seq, traceId: traceIdOf(traceparent), event: wireOf(data) }
}

export function unknown(id: string): HttpFault {
  return new HttpFault(404, 'unknown-trader', `there is no trader "${id}": the risk log has no event of it`)
}

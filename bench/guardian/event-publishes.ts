import { headerNames, subjects, type TraderEventType, type TraderId } from '@drawbridge/contracts'
import { headers, type MsgHdrs } from '@nats-io/transport-node'

/** The headers of a guardian's event, built by separate code. */
export function headersOfEvent(trader: TraderId, lastSeq: number, settled: number, traceparent: string): MsgHdrs {
  const built = headers()
  built.set(headerNames.expectedLastSubjectSequence, String(lastSeq))
  built.set(headerNames.expectedLastSubjectSequenceSubject, subjects.traderLog(trader))
  built.set(headerNames.settled, String(settled))
  built.set(headerNames.guardian, GUARDIAN)
  if (traceparent !== '') built.set(headerNames.traceparent, traceparent)
  return built
}

/** As long as the name of a guardian: host, process, time. */
const GUARDIAN = 'floor-of-the-bench-12345-mgvmg0xw'

export function outSubject(type: TraderEventType, trader: TraderId): string {
  return subjects.out(type, trader)
}

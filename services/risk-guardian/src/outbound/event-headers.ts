import { headerNames } from '@drawbridge/contracts'
import { headers, type MsgHdrs } from '@nats-io/transport-node'

/**
 * The headers of everything a guardian writes into the risk log. With `logSubject` a filter that covers the stored
 * subject of the event, the stream takes it only if the last message on the filter is the one of `lastSeq` (0: there
 * is none). A filter that does not cover it would be accepted without a check; hence this one place.
 */
export function eventHeaders(
  logSubject: string,
  lastSeq: number,
  settled: number,
  guardian: string,
  traceparent: string,
): MsgHdrs {
  const built = headers()
  built.set(headerNames.expectedLastSubjectSequence, String(lastSeq))
  built.set(headerNames.expectedLastSubjectSequenceSubject, logSubject)
  built.set(headerNames.settled, String(settled))
  built.set(headerNames.guardian, guardian)
  if (traceparent !== '') built.set(headerNames.traceparent, traceparent)
  return built
}

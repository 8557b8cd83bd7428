import { headerNames } from '@drawbridge/contracts'
import { type MsgHdrs, MsgHdrsImpl } from '@nats-io/transport-node'

/** Headers whose values need no look, each set once: what the client does to check them costs more than a decision. */
class OwnHeaders extends MsgHdrsImpl {
  put(name: string, value: string): void {
    this.headers.set(name, [value])
  }

  override encode(): Uint8Array {
    return Buffer.from(this.toString())
  }
}

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
  const built = new OwnHeaders()
  built.put(headerNames.expectedLastSubjectSequence, String(lastSeq))
  built.put(headerNames.expectedLastSubjectSequenceSubject, logSubject)
  built.put(headerNames.settled, String(settled))
  built.put(headerNames.guardian, guardian)
  if (traceparent !== '') built.put(headerNames.traceparent, traceparent)
  return built
}

import { headerNames } from '@drawbridge/contracts'
import { MsgHdrsImpl } from '@nats-io/transport-node'

/**
 * Headers as the text that is sent, which is ASCII: building and checking them one by one costs more than a decision.
 */
export class HeaderBlock extends MsgHdrsImpl {
  text: string

  constructor(text: string) {
    super()
    this.text = text
  }

  override encode(): Uint8Array {
    return Buffer.from(this.text, 'latin1')
  }
}

/**
 * The headers of everything a guardian writes into the risk log. With `logSubject` a filter that covers the stored
 * subject of the event, the stream takes it only if the last message on the filter is the one of `lastSeq` (0: there
 * is none). A filter that does not cover it would be accepted without a check; hence this one place. No value may hold
 * a line break.
 */
export function eventHeaders(
  logSubject: string,
  lastSeq: number,
  settled: number,
  guardian: string,
  traceparent: string,
): string {
  const trace = traceparent === '' ? '' : line(headerNames.traceparent, traceparent)
  return (
    'NATS/1.0\r\n' +
    line(headerNames.expectedLastSubjectSequence, lastSeq) +
    line(headerNames.expectedLastSubjectSequenceSubject, logSubject) +
    line(headerNames.settled, settled) +
    line(headerNames.guardian, guardian) +
    trace +
    '\r\n'
  )
}

function line(name: string, value: string | number): string {
  return `${name}: ${value}\r\n`
}

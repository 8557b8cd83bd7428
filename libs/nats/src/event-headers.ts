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

/** A message of a batch: a stream stores all messages of a batch one after another, or none. */
export interface BatchPlace {
  readonly id: string
  /** From 1. */
  readonly place: number
  readonly isLast: boolean
}

/**
 * The headers of everything a guardian writes into the risk log. With `logSubject` a filter that covers the stored
 * subject of the event, the stream takes it only if the last message on the filter is the one of `lastSeq` (0: there
 * is none). A filter that does not cover it would be accepted without a check; hence this one place. No value may hold
 * a line break. In a batch the first message has the expectation for all.
 */
export function eventHeaders(
  logSubject: string,
  lastSeq: number,
  settled: number,
  guardian: string,
  traceparent: string,
  batch: BatchPlace | null = null,
): string {
  const trace = traceparent === '' ? '' : line(headerNames.traceparent, traceparent)
  const expectation =
    line(headerNames.expectedLastSubjectSequence, lastSeq) +
    line(headerNames.expectedLastSubjectSequenceSubject, logSubject)
  return (
    'NATS/1.0\r\n' +
    (batch === null ? expectation : (batch.place === 1 ? expectation : '') + batchLines(batch)) +
    line(headerNames.settled, settled) +
    line(headerNames.guardian, guardian) +
    trace +
    '\r\n'
  )
}

function batchLines({ id, place, isLast }: BatchPlace): string {
  const commit = isLast ? line(headerNames.batchCommit, 1) : ''
  return line(headerNames.batchId, id) + line(headerNames.batchSequence, place) + commit
}

function line(name: string, value: string | number): string {
  return `${name}: ${value}\r\n`
}

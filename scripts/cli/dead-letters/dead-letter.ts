import { headerNames, subjects } from '@drawbridge/contracts'
import { isCut } from '@drawbridge/service-kit'
import type { MsgHdrs } from '@nats-io/transport-node'

/** A message of REJECTS: what no log could hold, and why. */
export interface DeadLetter {
  /** In REJECTS. */
  readonly seq: number
  /** The stream that it came from, the subject that it stood on there, and its sequence. */
  readonly stream: string
  readonly subject: string
  readonly sequence: number
  readonly reason: string
  readonly time: Date
  readonly bytes: number
  /** Whether its end was not kept. */
  readonly isCut: boolean
}

/** A message as consumers and single reads bring it. */
export interface RejectsMessage {
  readonly subject: string
  readonly seq: number
  readonly time: Date
  readonly headers: MsgHdrs | undefined
  /** Bytes of the payload. */
  readonly bytes: number
}

const PREFIX = subjects.rejects('')

/** Null: it is no dead letter, but a note of what was done with one, or of a guardian on where it began. */
export function deadLetterOf({ subject, seq, time, headers, bytes }: RejectsMessage): DeadLetter | null {
  if (subject === subjects.deadLetterRecord || subject === subjects.attempts) return null
  const header = (name: string) => headers?.get(name) ?? ''
  const reason = header(headerNames.rejectReason)
  return {
    seq,
    stream: subject.slice(PREFIX.length),
    subject: header(headerNames.rejectSubject),
    sequence: Number(header(headerNames.rejectSequence)),
    reason,
    time,
    bytes,
    isCut: isCut(reason),
  }
}

import { headerNames, printable, streams, traceIdOf } from '@drawbridge/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'

/** An input as stored in the input log. */
export interface ReadInput {
  /** Its sequence in the stream. */
  readonly seq: number
  readonly subject: string
  readonly time: string
  /** Its text, truncated to 2,000 characters. */
  readonly payload: string
  readonly traceId: string | null
}

const PAYLOAD_MAX = 2_000

/** Null: it has expired. */
export async function readInput(manager: JetStreamManager, seq: number): Promise<ReadInput | null> {
  const message = seq < 1 ? null : await manager.streams.getMessage(streams.inputs, { seq })
  if (message === null) return null
  return {
    seq,
    subject: message.subject,
    time: message.time.toISOString(),
    payload: printable(message.string(), PAYLOAD_MAX),
    traceId: traceIdOf(message.header.get(headerNames.traceparent)),
  }
}

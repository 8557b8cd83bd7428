import { headerNames, printable, streams, subjects } from '@drawbridge/contracts'
import { Backoff, type Logger } from '@drawbridge/service-kit'
import type { JetStreamClient } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'

/** What the headers of a reject take at most, bytes. */
const HEADERS_MAX = 8_192

/** Keeps what no trader's log can hold: the original bytes, with the reason. */
export class Rejects {
  readonly #client: JetStreamClient
  readonly #payloadMax: () => number
  readonly #stopping: AbortSignal
  readonly #log: Logger

  /** @param payloadMax bytes that NATS takes of a message, headers included */
  constructor(client: JetStreamClient, payloadMax: () => number, stopping: AbortSignal, log: Logger) {
    this.#client = client
    this.#payloadMax = payloadMax
    this.#stopping = stopping
    this.#log = log
  }

  /** True once stored; tries until it is, and gives up only when the service stops. */
  async put(message: LogMessage, reason: string): Promise<boolean> {
    const { length } = message.payload
    // A message that just fitted does not fit any more with the reason: its end is dispensable, the rest of the log not.
    const kept = message.payload.subarray(0, Math.max(0, this.#payloadMax() - HEADERS_MAX))
    const cut = kept.length < length ? ` (the first ${kept.length} of ${length} bytes are kept)` : ''
    const described = headers()
    described.set(headerNames.rejectReason, printable(reason, 400) + cut)
    described.set(headerNames.rejectSubject, printable(message.subject, 300))
    described.set(headerNames.rejectSequence, String(message.seq))
    described.set(headerNames.messageId, `${streams.inputs}:${message.seq}`)
    if (message.traceparent !== '') described.set(headerNames.traceparent, message.traceparent)
    const backoff = new Backoff(50, 2_000)
    while (!this.#stopping.aborted) {
      try {
        await this.#client.publish(subjects.rejects(streams.inputs), kept, { headers: described })
        return true
      } catch (error) {
        this.#log.warn({ err: error, seq: message.seq }, 'a reject cannot be stored; trying again')
        await backoff.wait(this.#stopping)
      }
    }
    return false
  }
}

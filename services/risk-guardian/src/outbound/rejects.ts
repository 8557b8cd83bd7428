import { headerNames, printable, streams, subjects } from '@drawbridge/contracts'
import { Backoff, type Logger } from '@drawbridge/service-kit'
import type { JetStreamClient } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'

/** Keeps what no trader's log can hold: the original bytes, with the reason. */
export class Rejects {
  readonly #client: JetStreamClient
  readonly #stopping: AbortSignal
  readonly #log: Logger

  constructor(client: JetStreamClient, stopping: AbortSignal, log: Logger) {
    this.#client = client
    this.#stopping = stopping
    this.#log = log
  }

  /** True once stored; tries until it is, and gives up only when the service stops. */
  async put(message: LogMessage, reason: string): Promise<boolean> {
    const described = headers()
    described.set(headerNames.rejectReason, printable(reason, 500))
    described.set(headerNames.rejectSubject, printable(message.subject, 300))
    described.set(headerNames.rejectSequence, String(message.seq))
    described.set(headerNames.messageId, `${streams.inputs}:${message.seq}`)
    if (message.traceparent !== '') described.set(headerNames.traceparent, message.traceparent)
    const backoff = new Backoff(50, 2_000)
    while (!this.#stopping.aborted) {
      try {
        await this.#client.publish(subjects.rejects(streams.inputs), message.payload, { headers: described })
        return true
      } catch (error) {
        this.#log.warn({ err: error, seq: message.seq }, 'a reject cannot be stored; trying again')
        await backoff.wait(this.#stopping)
      }
    }
    return false
  }
}

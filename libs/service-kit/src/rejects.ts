import { headerNames, printable, type streams, subjects } from '@drawbridge/contracts'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'

/** A dead letter: a message of a stream that cannot be used. */
export interface RejectedMessage {
  readonly subject: string
  /** Stream sequence. */
  readonly seq: number
  readonly payload: Uint8Array
  /** Empty if the message has none. */
  readonly traceparent: string
}

const PUBLISH_WITHIN_MS = 5_000
/** Upper bound of the headers of a dead letter, bytes. */
const HEADERS_MAX = 8_192
/** Limit of a message if the server does not tell it, bytes. */
const PAYLOAD_MAX = 1_048_576

/** Whether a reason says that the message was truncated. */
export function isCut(reason: string): boolean {
  return / \(the first \d+ of \d+ bytes are kept\)$/.test(reason)
}

/** Stores dead letters: the original bytes, with the reason. */
export class Rejects {
  readonly #connection: NatsConnection
  readonly #client: JetStreamClient
  readonly #stream: (typeof streams)['inputs' | 'risk']

  /** @param stream the source of the messages */
  constructor(connection: NatsConnection, stream: (typeof streams)['inputs' | 'risk']) {
    this.#connection = connection
    this.#client = jetstream(connection, { timeout: PUBLISH_WITHIN_MS })
    this.#stream = stream
  }

  /**
   * Returns when REJECTS has stored it; one that is repeated within two minutes is stored once.
   * @throws when REJECTS is unreachable or refuses it.
   */
  async keep(message: RejectedMessage, reason: string): Promise<void> {
    const { subject, seq, payload, traceparent } = message
    // A message of nearly the maximum size does not fit together with the reason: its end is dropped.
    const kept = payload.subarray(0, Math.max(0, (this.#connection.info?.max_payload ?? PAYLOAD_MAX) - HEADERS_MAX))
    const cut = kept.length < payload.length ? ` (the first ${kept.length} of ${payload.length} bytes are kept)` : ''
    const described = headers()
    described.set(headerNames.rejectReason, printable(reason, 400) + cut)
    described.set(headerNames.rejectSubject, printable(subject, 300))
    described.set(headerNames.rejectSequence, String(seq))
    described.set(headerNames.messageId, `${this.#stream}:${seq}`)
    if (traceparent !== '') described.set(headerNames.traceparent, traceparent)
    await this.#client.publish(subjects.rejects(this.#stream), kept, { headers: described })
  }
}

import { headerNames, printable, streams, subjects } from '@drawbridge/contracts'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { RiskMessage } from '../core/read-message.ts'

const PUBLISH_WITHIN_MS = 5_000
/** Headers and protocol take less than this many bytes. */
const HEADER_ROOM_BYTES = 4_096

/** Keeps what the database cannot, with the reason. */
export class Rejects {
  readonly #connection: NatsConnection
  readonly #stream: JetStreamClient

  constructor(connection: NatsConnection) {
    this.#connection = connection
    this.#stream = jetstream(connection, { timeout: PUBLISH_WITHIN_MS })
  }

  /**
   * Returns when REJECTS has stored it.
   * @throws when REJECTS cannot be reached or refuses it.
   */
  async keep(message: RiskMessage, reason: string): Promise<void> {
    const limit = (this.#connection.info?.max_payload ?? 1_048_576) - HEADER_ROOM_BYTES
    const fits = message.data.length <= limit
    const about = headers()
    about.set(headerNames.rejectReason, printable(fits ? reason : `${reason} (too large to copy: see the stream)`, 500))
    about.set(headerNames.rejectSubject, message.subject)
    about.set(headerNames.rejectSequence, String(message.seq))
    about.set(headerNames.messageId, `${streams.risk}:${message.seq}`)
    await this.#stream.publish(subjects.rejects(streams.risk), fits ? message.data : new Uint8Array(), {
      headers: about,
    })
  }
}

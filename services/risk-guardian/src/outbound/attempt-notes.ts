import { type AttemptNote, decodeAttemptNote, encodeAttemptNote, streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

const KEPT_WITHIN_MS = 2_000

/** The notes of guardians on where they began. They help where an input ends guardians; decisions do not wait for them. */
export class AttemptNotes {
  readonly #client: JetStreamClient
  readonly #manager: JetStreamManager
  readonly #log: Logger

  constructor(connection: NatsConnection, manager: JetStreamManager, log: Logger) {
    this.#client = jetstream(connection, { timeout: KEPT_WITHIN_MS })
    this.#manager = manager
    this.#log = log
  }

  /** Null: there is none that can be read. */
  async last(): Promise<AttemptNote | null> {
    try {
      const message = await lastMessage(this.#manager, streams.rejects, subjects.attempts)
      const note = message === null ? null : decodeAttemptNote(message.data)
      return note?.ok === true ? note.value : null
    } catch (error) {
      this.#log.warn({ err: error }, 'what guardians before noted cannot be read')
      return null
    }
  }

  /** False where it is not stored. */
  async keep(note: AttemptNote): Promise<boolean> {
    try {
      await this.#client.publish(subjects.attempts, encodeAttemptNote(note))
      return true
    } catch (error) {
      this.#log.warn({ err: error }, 'where this guardian began cannot be noted')
      return false
    }
  }
}

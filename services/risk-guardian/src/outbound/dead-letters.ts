import { encodeRemoved, headerNames, streams, subjects } from '@drawbridge/contracts'
import { Backoff } from '@drawbridge/nats'
import { type Logger, Rejects } from '@drawbridge/service-kit'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'

const QUARANTINED = 'quarantined: guardians ended while they decided this input alone'
const STORED_WITHIN_MS = 2_000

/** Inputs that no trader's log can hold. Storing them is retried until the service stops. */
export class DeadLetters {
  readonly #rejects: Rejects
  readonly #client: JetStreamClient
  readonly #guardian: string
  readonly #stopping: AbortSignal
  readonly #log: Logger

  /** @param guardian names this guardian in a quarantine */
  constructor(connection: NatsConnection, guardian: string, stopping: AbortSignal, log: Logger) {
    this.#rejects = new Rejects(connection, streams.inputs)
    this.#client = jetstream(connection, { timeout: STORED_WITHIN_MS })
    this.#guardian = guardian
    this.#stopping = stopping
    this.#log = log
  }

  /** Stores an input in REJECTS. False: the service stopped first. */
  put(message: LogMessage, reason: string): Promise<boolean> {
    const store = () => this.#rejects.keep(message, reason)
    return this.#untilStored(store, { seq: message.seq }, 'a dead letter cannot be stored; trying again')
  }

  /**
   * Removes an input that crashes guardians, as an admin would; INPUTS keeps it. True once REJECTS and RISK have it, which
   * makes every guardian skip it. False: the service stopped first.
   */
  async quarantine(message: LogMessage): Promise<boolean> {
    if (!(await this.put(message, QUARANTINED))) return false
    const { seq: inputSeq, subject } = message
    const event = encodeRemoved({ inputSeq, subject, reason: QUARANTINED, by: this.#guardian })
    const described = headers()
    // If several guardians find the same, it is stored once.
    described.set(headerNames.messageId, `removed:${inputSeq}`)
    const store = () => this.#client.publish(subjects.outConfig('removed'), event, { headers: described })
    if (!(await this.#untilStored(store, { inputSeq }, 'a quarantine cannot be stored; trying again'))) return false
    this.#log.error({ inputSeq, subject }, 'an input that crashes guardians is quarantined')
    return true
  }

  async #untilStored(store: () => Promise<unknown>, fields: object, failed: string): Promise<boolean> {
    const backoff = new Backoff(50, 2_000)
    while (!this.#stopping.aborted) {
      try {
        await store()
        return true
      } catch (error) {
        this.#log.warn({ err: error, ...fields }, failed)
        await backoff.wait(this.#stopping)
      }
    }
    return false
  }
}

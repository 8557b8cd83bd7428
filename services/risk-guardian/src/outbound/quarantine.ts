import { encodeRemoved, headerNames, subjects } from '@drawbridge/contracts'
import { Backoff } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'
import type { InputRejects } from './input-rejects.ts'

const QUARANTINED = 'quarantined: guardians ended while they decided this input alone'
const STORED_WITHIN_MS = 2_000

/** Takes an input that ends guardians out of their way, as an admin does who removes it; INPUTS keeps it. */
export class Quarantine {
  readonly #client: JetStreamClient
  readonly #rejects: InputRejects
  readonly #name: string
  readonly #stopping: AbortSignal
  readonly #log: Logger

  constructor(connection: NatsConnection, rejects: InputRejects, name: string, stopping: AbortSignal, log: Logger) {
    this.#client = jetstream(connection, { timeout: STORED_WITHIN_MS })
    this.#rejects = rejects
    this.#name = name
    this.#stopping = stopping
    this.#log = log
  }

  /** True once REJECTS and RISK have it, by which every guardian leaves it out; gives up only when the service stops. */
  async take(message: LogMessage): Promise<boolean> {
    if (!(await this.#rejects.put(message, QUARANTINED))) return false
    const { seq: inputSeq, subject } = message
    const event = encodeRemoved({ inputSeq, subject, reason: QUARANTINED, by: this.#name })
    const described = headers()
    // Where several guardians find the same, one says it.
    described.set(headerNames.messageId, `removed:${inputSeq}`)
    const backoff = new Backoff(50, 2_000)
    while (!this.#stopping.aborted) {
      try {
        await this.#client.publish(subjects.outConfig('removed'), event, { headers: described })
        this.#log.error({ inputSeq, subject }, 'an input that crashes guardians is quarantined')
        return true
      } catch (error) {
        this.#log.warn({ err: error, inputSeq }, 'a quarantine cannot be stored; trying again')
        await backoff.wait(this.#stopping)
      }
    }
    return false
  }
}

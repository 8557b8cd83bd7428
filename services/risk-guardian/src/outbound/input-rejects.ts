import { Backoff } from '@drawbridge/nats'
import type { Logger, Rejects } from '@drawbridge/service-kit'
import type { LogMessage } from '../core/read-input.ts'

/** Stores dead letters, which no trader's log can hold, in REJECTS, however long that takes. */
export class InputRejects {
  readonly #rejects: Rejects
  readonly #stopping: AbortSignal
  readonly #log: Logger

  constructor(rejects: Rejects, stopping: AbortSignal, log: Logger) {
    this.#rejects = rejects
    this.#stopping = stopping
    this.#log = log
  }

  /** True once stored; gives up only when the service stops. */
  async put(message: LogMessage, reason: string): Promise<boolean> {
    const backoff = new Backoff(50, 2_000)
    while (!this.#stopping.aborted) {
      try {
        await this.#rejects.keep(message, reason)
        return true
      } catch (error) {
        this.#log.warn({ err: error, seq: message.seq }, 'a dead letter cannot be stored; trying again')
        await backoff.wait(this.#stopping)
      }
    }
    return false
  }
}

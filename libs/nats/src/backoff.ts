import { setTimeout as delay } from 'node:timers/promises'

/** Doubling waits between two bounds, milliseconds, each shortened at random by up to a quarter. */
export class Backoff {
  readonly #minMs: number
  readonly #maxMs: number
  #nextMs: number

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs
    this.#maxMs = maxMs
    this.#nextMs = minMs
  }

  /** Waits; ends early, without an error, when the signal aborts. */
  async wait(signal?: AbortSignal): Promise<void> {
    const waitMs = this.#nextMs * (1 - Math.random() / 4)
    this.#nextMs = Math.min(this.#nextMs * 2, this.#maxMs)
    await delay(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }

  /** To call after a success. */
  reset(): void {
    this.#nextMs = this.#minMs
  }
}

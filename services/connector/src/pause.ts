import { deferred } from '@drawbridge/nats'

/** Waits that can be cut short. */
export class Pause {
  #waiting: { readonly end: () => void } | null = null
  #isWoken = false

  /**
   * Returns after so long, at the next {@link wake}, at once if it was woken since the last wait, or when the signal aborts.
   * @returns whether it was cut short
   */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (this.#isWoken || signal.aborted) {
      this.#isWoken = false
      return true
    }
    const { promise, resolve } = deferred<void>()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', resolve as () => void, { once: true })
    this.#waiting = { end: resolve as () => void }
    try {
      await promise
      return this.#isWoken || signal.aborted
    } finally {
      this.#waiting = null
      this.#isWoken = false
      clearTimeout(timer)
      signal.removeEventListener('abort', resolve as () => void)
    }
  }

  wake(): void {
    this.#isWoken = true
    this.#waiting?.end()
  }
}

import type { RiskEvent } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/nats'

type Listener = (event: RiskEvent) => unknown

/** Those in a bot who want to hear decisions. One that fails is named in the log, and keeps none from hearing. */
export class DecisionListeners {
  readonly #log: Logger
  readonly #listeners = new Set<{ readonly listener: Listener }>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Returns what ends the listening. */
  add(listener: Listener): () => void {
    const entry = { listener }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  tell(event: RiskEvent): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        const { trader, type, state } = event
        this.#log.error({ err: error, trader, type, version: state.version }, 'a listener of the bot failed')
      }
    }
  }
}

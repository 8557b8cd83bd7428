import type { Logger } from '@drawbridge/service-kit'
import type { PersisterMetrics } from './persister-metrics.ts'

/** Knows whether the database takes what is stored, and says so once when that changes. */
export class DatabaseWatch {
  readonly #metrics: PersisterMetrics
  readonly #log: Logger
  #wait: string | null = 'not connected yet'

  constructor(metrics: PersisterMetrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  /** Why the database takes nothing now; null: it does. */
  get wait(): string | null {
    return this.#wait
  }

  isAway(reason: string): void {
    if (this.#wait !== reason) this.#log.warn({ reason }, 'database takes nothing; waiting')
    this.#wait = reason
    this.#metrics.databaseUp.set(0)
  }

  isThere(): void {
    if (this.#wait !== null) this.#log.info('database takes what is stored')
    this.#wait = null
    this.#metrics.databaseUp.set(1)
  }
}

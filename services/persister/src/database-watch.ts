import { codeOf, databaseFault, databaseReason } from '@drawbridge/history'
import type { Logger } from '@drawbridge/service-kit'
import type { PersisterMetrics } from './persister-metrics.ts'

/** After this many lost races in a row it is no bad luck: another transaction holds what we need. */
const CONFLICTS_MAX = 5

/** Knows whether the database accepts writes, and logs each change once. */
export class DatabaseWatch {
  readonly #metrics: PersisterMetrics
  readonly #log: Logger
  #wait: string | null = 'not connected yet'
  #conflicts = 0

  constructor(metrics: PersisterMetrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  /** Why the database accepts nothing now; null: it does. */
  get wait(): string | null {
    return this.#wait
  }

  /** To be called with each error that will be tried again. A lost race alone does not mean that the database is away. */
  failed(error: unknown): void {
    this.#metrics.databaseErrors.inc(codeOf(error) ?? 'none')
    if (databaseFault(error) === 'conflict') {
      this.#conflicts += 1
      if (this.#conflicts < CONFLICTS_MAX) return
    }
    this.isAway(databaseReason(error))
  }

  isAway(reason: string): void {
    if (this.#wait !== reason) this.#log.warn({ reason }, 'database is not accepting writes; retrying')
    this.#wait = reason
    this.#metrics.databaseUp.set(0)
  }

  isThere(): void {
    if (this.#wait !== null) this.#log.info('database is accepting writes')
    this.#wait = null
    this.#conflicts = 0
    this.#metrics.databaseUp.set(1)
  }
}

import { type RiskEvent, TRADER_EVENT_TYPES, type TraderId } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/nats'
import { decodedEvent, type NewestReader } from './newest-reader.ts'

/** Limit of decisions that wait while earlier ones are read; then the oldest are dropped. */
const WAITING_MAX = 1_000

/**
 * Passes on the decisions on one trader in order. If some are missed, it first reads the newest of each type, so that a bot
 * learns of a breach that it missed.
 */
export class MissedDecisions {
  readonly #trader: TraderId
  readonly #reader: NewestReader
  readonly #tell: (event: RiskEvent) => void
  readonly #log: Logger
  /** The version that was passed on last; 0: none. */
  #told = 0
  #waiting: RiskEvent[] = []
  #reading = false

  constructor(trader: TraderId, reader: NewestReader, tell: (event: RiskEvent) => void, log: Logger) {
    this.#trader = trader
    this.#reader = reader
    this.#tell = tell
    this.#log = log
  }

  /** Takes a decision that the gate has applied. */
  take(event: RiskEvent): void {
    const isNext = this.#told === 0 || event.state.version === this.#told + 1
    if (isNext && !this.#reading) {
      this.#tellNext(event)
      return
    }
    this.#waiting.push(event)
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift()
    if (!this.#reading) void this.#readMissed()
  }

  /** From now on it is another log. */
  forget(): void {
    this.#told = 0
    this.#waiting = []
  }

  async #readMissed(): Promise<void> {
    this.#reading = true
    const outcomes = await Promise.allSettled(TRADER_EVENT_TYPES.map((type) => this.#reader.read(this.#trader, type)))
    const events = outcomes.flatMap((outcome) => {
      const newest = outcome.status === 'fulfilled' ? outcome.value.newest : null
      return newest === null ? [] : [newest]
    })
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) {
      this.#log.warn({ err: failed.reason, trader: this.#trader }, 'decisions that were missed cannot all be read')
    }
    this.#reading = false
    // An unreadable decision closes the gate if it is the newest; an older one is skipped.
    const readable = events.flatMap((stored) => {
      try {
        return [decodedEvent(stored, this.#trader)]
      } catch {
        return []
      }
    })
    const all = [...this.#waiting, ...readable].sort((one, other) => one.state.version - other.state.version)
    this.#waiting = []
    for (const event of all) this.#tellNext(event)
  }

  #tellNext(event: RiskEvent): void {
    if (event.state.version <= this.#told) return
    this.#told = event.state.version
    this.#tell(event)
  }
}

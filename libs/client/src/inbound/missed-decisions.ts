import { type RiskEvent, TRADER_EVENT_TYPES, type TraderId } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/nats'
import { decodedEvent, type NewestReader } from './newest-reader.ts'

/** So many decisions wait at most while those before them are read; then the oldest are left out. */
const WAITING_MAX = 1_000

/**
 * Tells the decisions on one trader in their order. Where some are missed, the newest of each type is read before those
 * behind are told: of a breach that was missed a bot hears all the same.
 */
export class MissedDecisions {
  readonly #trader: TraderId
  readonly #reader: NewestReader
  readonly #tell: (event: RiskEvent) => void
  readonly #log: Logger
  /** The version that was told last; 0: none. */
  #told = 0
  #waiting: RiskEvent[] = []
  #reading = false

  constructor(trader: TraderId, reader: NewestReader, tell: (event: RiskEvent) => void, log: Logger) {
    this.#trader = trader
    this.#reader = reader
    this.#tell = tell
    this.#log = log
  }

  /** A decision that its gate obeys by now. */
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

  /** What comes next is of another log. */
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
    // A decision that cannot be read closes the gate where it is the newest; an older one is left out.
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

import type { Instant } from '@drawbridge/contracts'

/**
 * The time of day over a clock of the machine that is set while we run, by hand or by a time server. What only waits goes by
 * `performance.now()` instead.
 */
export class Clock {
  readonly #startedAt = Date.now() - performance.now()
  /** How far the clock of the machine was ahead at most, milliseconds. */
  #aheadMs = 0

  /** For the end of a lock: never goes back, and is never behind the clock of the machine. */
  latest(): Instant {
    const steady = this.#steady()
    this.#aheadMs = Math.max(this.#aheadMs, Date.now() - steady)
    return steady + Math.ceil(this.#aheadMs)
  }

  /** What the time may be: as the machine says now, and as it said at the start. */
  opinions(): readonly Instant[] {
    return [Date.now(), this.#steady()]
  }

  #steady(): Instant {
    return Math.round(this.#startedAt + performance.now())
  }
}

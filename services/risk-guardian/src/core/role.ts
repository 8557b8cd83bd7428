/** How long a standby leaves inputs to the active guardian before it decides them itself, milliseconds. */
export const TAKEOVER_MS = 250

/** Guardians that became active within this time of each other may not have heard each other yet, milliseconds. */
const DISPUTE_MS = 100

/**
 * Whether this guardian is active and publishes, or is a standby, if several guardians run. There is no election: a standby
 * that has undecided inputs for the takeover delay, while the risk log gets no event of another guardian, becomes active; at
 * the first event of another guardian it is a standby again. A wrong role does no harm: the log refuses a second decision.
 *
 * If several become active at the same time, the one whose name sorts first stays active. Otherwise each would yield to the
 * other, and inputs would wait for the delay again.
 */
export class Role {
  readonly #delay: number
  readonly #name: string
  #isActive = false
  #activeSince = 0
  #heardAt = Number.NEGATIVE_INFINITY

  /**
   * @param delayMs the takeover delay; with slightly different delays guardians do not all become active at once
   * @param name of this guardian
   */
  constructor(delayMs: number, name: string) {
    this.#delay = delayMs
    this.#name = name
  }

  get isActive(): boolean {
    return this.#isActive
  }

  /** Whether this guardian has been active for the takeover delay: nobody disputes it. */
  isUndisputed(now: number): boolean {
    return this.#isActive && now - this.#activeSince >= this.#delay
  }

  /** An event of another guardian was heard, whose name is `other`; `now` is by a clock that never goes back, milliseconds. */
  hear(other: string, now: number): void {
    this.#heardAt = now
    const isDisputed = this.#isActive && now - this.#activeSince < DISPUTE_MS
    if (!isDisputed || other < this.#name) this.#isActive = false
  }

  /**
   * Becomes active if inputs have waited long enough.
   * @param undecidedSince when the oldest undecided input was read; null: there is none
   * @returns true when this call made it active
   */
  takeOver(undecidedSince: number | null, now: number): boolean {
    if (this.#isActive || undecidedSince === null) return false
    this.#isActive = now - Math.max(undecidedSince, this.#heardAt) >= this.#delay
    this.#activeSince = now
    return this.#isActive
  }
}

/** How long a standby leaves inputs to the active guardian before it decides them itself, milliseconds. */
export const TAKEOVER_MS = 250

/** Guardians that became active within so long of each other may not have heard each other yet, milliseconds. */
const DISPUTE_MS = 100

/**
 * Whether this guardian is active, so that it publishes, or a standby, where several guardians run. None is elected: a
 * standby that holds undecided inputs for the takeover delay, while the risk log brings nothing of another guardian, becomes
 * active; at the first event of another one it is a standby again. Whoever is wrong about it loses nothing: the log refuses
 * what was decided already.
 *
 * Among those that become active at the same time, the one whose name sorts first stays so. Otherwise each would give way to the
 * other, and inputs wait for the delay once more.
 */
export class Role {
  readonly #delay: number
  readonly #name: string
  #isActive = false
  #activeSince = 0
  #heardAt = Number.NEGATIVE_INFINITY

  /**
   * @param delayMs the takeover delay; guardians that draw it a little apart do not all become active at once
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

  /** An event of another guardian, of this name, was heard; `now` is of a clock that never goes back, milliseconds. */
  hear(other: string, now: number): void {
    this.#heardAt = now
    const isDisputed = this.#isActive && now - this.#activeSince < DISPUTE_MS
    if (!isDisputed || other < this.#name) this.#isActive = false
  }

  /**
   * Becomes active where inputs have waited long enough.
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

/** How long a guardian leaves inputs to another before it decides them itself, milliseconds. */
export const TAKEOVER_MS = 250

/**
 * Whose turn it is to publish, where several guardians run. None is elected: one that holds undecided inputs for the
 * takeover delay, while the risk log brings nothing of another guardian, takes its turn; at the first event of another
 * one it yields. Whoever is wrong about it loses nothing: the log refuses what was decided already.
 */
export class Turn {
  readonly #delay: number
  #isMine = false
  #takenAt = 0
  #heardAt = Number.NEGATIVE_INFINITY

  /** @param delayMs the takeover delay; guardians that draw it a little apart do not all take their turn at once */
  constructor(delayMs: number) {
    this.#delay = delayMs
  }

  get isMine(): boolean {
    return this.#isMine
  }

  /** Whether it is this guardian's turn and has been for the takeover delay: nobody disputes it. */
  isSettled(now: number): boolean {
    return this.#isMine && now - this.#takenAt >= this.#delay
  }

  /** Another guardian's event was heard; `now` is of a clock that never goes back, milliseconds. */
  yield(now: number): void {
    this.#isMine = false
    this.#heardAt = now
  }

  /**
   * Looks whether the turn is to be taken.
   * @param undecidedSince when the oldest undecided input was read; null: there is none
   * @returns true when it is taken just now
   */
  look(undecidedSince: number | null, now: number): boolean {
    if (this.#isMine || undecidedSince === null) return false
    this.#isMine = now - Math.max(undecidedSince, this.#heardAt) >= this.#delay
    this.#takenAt = now
    return this.#isMine
  }
}

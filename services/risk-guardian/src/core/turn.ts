/** How long a guardian leaves inputs to another before it decides them itself, milliseconds. */
export const TAKEOVER_MS = 250

/** Guardians that took their turn within so long of each other may not have heard each other yet, milliseconds. */
const DISPUTE_MS = 100

/**
 * Whose turn it is to publish, where several guardians run. None is elected: one that holds undecided inputs for the
 * takeover delay, while the risk log brings nothing of another guardian, takes its turn; at the first event of another
 * one it yields. Whoever is wrong about it loses nothing: the log refuses what was decided already.
 *
 * Of those that take their turn at the same time, the one whose name sorts first keeps it. Otherwise each would yield to the
 * other, and inputs wait for the delay once more.
 */
export class Turn {
  readonly #delay: number
  readonly #name: string
  #isMine = false
  #takenAt = 0
  #heardAt = Number.NEGATIVE_INFINITY

  /**
   * @param delayMs the takeover delay; guardians that draw it a little apart do not all take their turn at once
   * @param name of this guardian
   */
  constructor(delayMs: number, name: string) {
    this.#delay = delayMs
    this.#name = name
  }

  get isMine(): boolean {
    return this.#isMine
  }

  /** Whether it is this guardian's turn and has been for the takeover delay: nobody disputes it. */
  isSettled(now: number): boolean {
    return this.#isMine && now - this.#takenAt >= this.#delay
  }

  /** An event of another guardian, of this name, was heard; `now` is of a clock that never goes back, milliseconds. */
  yield(other: string, now: number): void {
    this.#heardAt = now
    const isDisputed = this.#isMine && now - this.#takenAt < DISPUTE_MS
    if (!isDisputed || other < this.#name) this.#isMine = false
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

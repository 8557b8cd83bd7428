/** Beyond this number, traders are not distinguished: the look-up would cost half as much as handling an event. */
const LEFT_OUT_MAX = 1_000

/** The traders that have their own series: the first ones that a process sees, up to a limit. */
export class TraderBound {
  readonly #max: number
  readonly #admitted = new Set<string>()
  readonly #leftOut = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  /** How many requested traders have none; counted up to 1,000. */
  get leftOut(): number {
    return this.#leftOut.size
  }

  /** Whether the trader has series; once admitted, it keeps them. */
  admits(trader: string): boolean {
    if (this.#admitted.has(trader)) return true
    if (this.#admitted.size < this.#max) {
      this.#admitted.add(trader)
      return true
    }
    if (this.#leftOut.size < LEFT_OUT_MAX) this.#leftOut.add(trader)
    return false
  }
}

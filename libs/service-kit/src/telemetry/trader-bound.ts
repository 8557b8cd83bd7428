/** More are not told apart any more: to look each up among so many would cost as much as half of what an event does. */
const LEFT_OUT_MAX = 1_000

/** Which traders have series of their own: the first so many that a process comes to know. */
export class TraderBound {
  readonly #max: number
  readonly #admitted = new Set<string>()
  readonly #leftOut = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  /** How many traders that were asked for have none; counted up to 1,000. */
  get leftOut(): number {
    return this.#leftOut.size
  }

  /** Whether the trader has series; once admitted it stays so. */
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

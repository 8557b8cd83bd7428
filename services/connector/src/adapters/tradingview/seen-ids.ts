/** Whether an alert came before. Remembers the last ones only: TradingView repeats within seconds. */
export class SeenIds {
  readonly #max: number
  readonly #ids = new Set<string>()

  constructor(max = 10_000) {
    this.#max = max
  }

  /** @returns whether it is new; from now on it is not */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    const [oldest] = this.#ids
    if (this.#ids.size > this.#max && oldest !== undefined) this.#ids.delete(oldest)
    return true
  }

  /** It certainly came to nothing, so it may come again. */
  forget(id: string): void {
    this.#ids.delete(id)
  }
}

/** Callers that wait for the same thing, each for a time of its own. */
export class Waiters {
  readonly #ends = new Set<() => void>()

  /** Resolves when it is told, or after this time. */
  wait(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#ends.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#ends.add(end)
    })
  }

  get size(): number {
    return this.#ends.size
  }

  tell(): void {
    for (const end of [...this.#ends]) end()
  }
}

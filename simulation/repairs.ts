/** Planned repairs of faults, each after its time, or all at once. */
export class Repairs {
  readonly #waiting = new Set<() => void>()

  later(afterMs: number, repair: () => void): void {
    const once = () => {
      if (this.#waiting.delete(once)) repair()
    }
    this.#waiting.add(once)
    setTimeout(once, afterMs)
  }

  /** Repairs everything now. */
  all(): void {
    for (const repair of [...this.#waiting]) repair()
  }
}

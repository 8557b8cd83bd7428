/** A number that only grows. */
export class Count {
  #value = 0

  get value(): number {
    return this.#value
  }

  inc(by = 1): void {
    this.#value += by
  }
}

/** One count for each value of a label. Give it what has few values: each stays for good. */
export class CountBy {
  readonly #values = new Map<string, number>()

  inc(labelValue: string, by = 1): void {
    this.#values.set(labelValue, (this.#values.get(labelValue) ?? 0) + by)
  }

  entries(): Iterable<readonly [labelValue: string, value: number]> {
    return this.#values.entries()
  }
}

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

/** One count per value of a label. Use a label with few values: none is ever removed. */
export class CountBy {
  readonly #values = new Map<string, number>()

  inc(labelValue: string, by = 1): void {
    this.#values.set(labelValue, (this.#values.get(labelValue) ?? 0) + by)
  }

  entries(): Iterable<readonly [labelValue: string, value: number]> {
    return this.#values.entries()
  }
}

/** Observations by bucket. Cheap enough for every event: some comparisons and two additions. */
export class Distribution {
  readonly #bounds: Float64Array
  readonly #counts: Float64Array
  #sum = 0

  /** @param bounds upper bounds of the buckets, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.from(bounds)
    this.#counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number, times = 1): void {
    const bounds = this.#bounds
    let index = 0
    while (index < bounds.length && value > (bounds[index] as number)) index += 1
    this.#counts[index] = (this.#counts[index] as number) + times
    this.#sum += value * times
  }

  get sum(): number {
    return this.#sum
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** Each bound with the number of observations up to it. */
  *buckets(): Iterable<readonly [bound: number, count: number]> {
    let count = 0
    for (const [index, bound] of this.#bounds.entries()) {
      count += this.#counts[index] as number
      yield [bound, count]
    }
  }
}

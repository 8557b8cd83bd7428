/** Concerns the ways of all nodes to the server. */
export const ALL = '*'

/** Knows since when a node's way to the server is undisturbed, by the faults that were made. */
export class Disturbances {
  readonly #now: () => number
  readonly #going = new Map<string, number>()
  readonly #endedAt = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  begin(name: string): void {
    this.#going.set(name, (this.#going.get(name) ?? 0) + 1)
  }

  end(name: string): void {
    this.#going.set(name, (this.#going.get(name) ?? 1) - 1)
    this.#endedAt.set(name, this.#now())
  }

  /** Milliseconds; infinity while it is disturbed. */
  quietSince(name: string): number {
    return Math.max(this.#since(name), this.#since(ALL))
  }

  /** Since when the ways of all are. */
  get allQuietSince(): number {
    let since = Number.NEGATIVE_INFINITY
    for (const name of this.#going.keys()) since = Math.max(since, this.#since(name))
    return since
  }

  #since(name: string): number {
    if ((this.#going.get(name) ?? 0) > 0) return Number.POSITIVE_INFINITY
    return this.#endedAt.get(name) ?? Number.NEGATIVE_INFINITY
  }
}

/** The connections of all nodes to the server. */
export const ALL = '*'

/**
 * What is disturbed: everything that a node sends and receives, or only decisions and requests for them. In the second
 * case heartbeats and ticks arrive, so decisions are not late.
 */
type Way = 'all' | 'decisions'

/** Records since when a node's connection to the server is without faults. */
export class Disturbances {
  readonly #now: () => number
  readonly #going = new Map<string, number>()
  readonly #endedAt = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  begin(name: string, way: Way = 'all'): void {
    const key = keyOf(name, way)
    this.#going.set(key, (this.#going.get(key) ?? 0) + 1)
  }

  end(name: string, way: Way = 'all'): void {
    const key = keyOf(name, way)
    this.#going.set(key, (this.#going.get(key) ?? 1) - 1)
    this.#endedAt.set(key, this.#now())
  }

  /** Milliseconds; infinity while it is disturbed. */
  quietSince(name: string): number {
    return Math.max(this.#since(name), this.#since(keyOf(name, 'decisions')), this.#since(ALL))
  }

  /** Since when the connections of all nodes are, for inputs, decisions and heartbeats of guardians. */
  get allQuietSince(): number {
    let since = Number.NEGATIVE_INFINITY
    const names = [...this.#going.keys()].filter((key) => !key.startsWith(DECISIONS))
    for (const name of names) since = Math.max(since, this.#since(name))
    return since
  }

  #since(name: string): number {
    if ((this.#going.get(name) ?? 0) > 0) return Number.POSITIVE_INFINITY
    return this.#endedAt.get(name) ?? Number.NEGATIVE_INFINITY
  }
}

const DECISIONS = 'decisions to '

function keyOf(name: string, way: Way): string {
  return way === 'all' ? name : `${DECISIONS}${name}`
}

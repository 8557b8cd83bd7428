/** Concerns the ways of all nodes to the server. */
export const ALL = '*'

/**
 * What is disturbed: all that a node sends and hears, or only what it hears and asks of decisions. Signs of life and ticks
 * get through then, and so nobody has to decide later for it.
 */
type Way = 'all' | 'decisions'

/** Knows since when a node's way to the server is undisturbed, by the faults that were made. */
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

  /** Since when the ways of all are, by which inputs come to be decided and guardians are heard. */
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

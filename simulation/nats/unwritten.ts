/** A server writes what its consumers have done a moment later; it was seen to forget as much when killed. */
const UNWRITTEN_MAX_MS = 250

interface Change {
  /** By `performance.now()`. */
  readonly atMs: number
  readonly undo: () => void
}

/** What a consumer has done lately, which a server that is killed may forget: acks and deliveries. */
export class Unwritten {
  #changes: Change[] = []

  add(undo: () => void): void {
    const atMs = performance.now()
    if ((this.#changes[0]?.atMs ?? atMs) < atMs - 2 * UNWRITTEN_MAX_MS) this.#forgetOlderThan(UNWRITTEN_MAX_MS)
    this.#changes.push({ atMs, undo })
  }

  /** Undoes what was done after a moment. @param share of the longest time that nothing was written for, from 0 to 1 */
  undo(share: number): void {
    this.#forgetOlderThan(share * UNWRITTEN_MAX_MS)
    for (const { undo } of this.#changes.reverse()) undo()
    this.#changes = []
  }

  #forgetOlderThan(ageMs: number): void {
    const sinceMs = performance.now() - ageMs
    this.#changes = this.#changes.filter(({ atMs }) => atMs >= sinceMs)
  }
}

/**
 * Whether decisions keep up with the input log. Sees the log's end now and then; an input came after the last look that
 * did not see it, so it is at most as old as that look. No clock of another machine plays a part.
 */
export class Liveness {
  readonly #bound: number
  /** The end of the log, and when it was looked at without seeing these inputs yet. */
  #sights: { readonly lastSeq: number; readonly at: number }[] = []
  #lookedAt: number

  /**
   * @param boundMs an undecided input may be this old
   * @param lastSeq the end of the log at the start: how old these inputs are is not known, so they count as too old
   * @param now when that was looked at, of a clock that never goes back
   */
  constructor(boundMs: number, lastSeq: number, now: number) {
    this.#bound = boundMs
    this.#lookedAt = now
    this.#sights.push({ lastSeq, at: Number.NEGATIVE_INFINITY })
  }

  /** A look at the end of the log: true while no input is older than the bound and undecided. */
  keepsUp(lastSeq: number, settled: number, now: number): boolean {
    const tooOld = (sight: { readonly at: number } | undefined) => sight !== undefined && now - sight.at >= this.#bound
    // Among several that are too old the newest says all, so they are never more than the bound has looks.
    this.#sights = this.#sights.filter(({ lastSeq: end }, index) => end > settled && !tooOld(this.#sights[index + 1]))
    const newest = this.#sights.at(-1)
    if (lastSeq > settled && (newest === undefined || lastSeq > newest.lastSeq)) {
      this.#sights.push({ lastSeq, at: this.#lookedAt })
    }
    this.#lookedAt = now
    return !tooOld(this.#sights[0])
  }
}

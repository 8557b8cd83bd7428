/**
 * Whether decisions keep up with the input log. It learns the log's end regularly; an input arrived after the last look that
 * did not see it, so it is at most as old as that look. No clock of another machine is needed.
 */
export class Liveness {
  readonly #bound: number
  /** The end of the log, and when it was looked at without seeing these inputs yet. */
  #sights: { readonly lastSeq: number; readonly at: number }[] = []
  #lookedAt: number

  /**
   * @param boundMs an undecided input may be this old
   * @param lastSeq the end of the log at the start: the age of these inputs is not known, so they count as too old
   * @param now when the log was looked at, by a clock that never goes back
   */
  constructor(boundMs: number, lastSeq: number, now: number) {
    this.#bound = boundMs
    this.#lookedAt = now
    this.#sights.push({ lastSeq, at: Number.NEGATIVE_INFINITY })
  }

  /** A look at the end of the log: true while no input is older than the bound and undecided. */
  keepsUp(lastSeq: number, settled: number, now: number): boolean {
    const tooOld = (sight: { readonly at: number } | undefined) => sight !== undefined && now - sight.at >= this.#bound
    // If several are too old, only the newest matters; so there are never more of them than looks within the bound.
    this.#sights = this.#sights.filter(({ lastSeq: end }, index) => end > settled && !tooOld(this.#sights[index + 1]))
    const newest = this.#sights.at(-1)
    if (lastSeq > settled && (newest === undefined || lastSeq > newest.lastSeq)) {
      this.#sights.push({ lastSeq, at: this.#lookedAt })
    }
    this.#lookedAt = now
    return !tooOld(this.#sights[0])
  }
}

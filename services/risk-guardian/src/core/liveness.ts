/**
 * Whether decisions keep up with the input log. Sees the log's end now and then; an input is known to be at least as
 * old as the first sight of an end that includes it. No clock of another machine plays a part.
 */
export class Liveness {
  readonly #bound: number
  #sights: { readonly lastSeq: number; readonly at: number }[] = []

  /**
   * @param boundMs an undecided input may be this old
   * @param lastSeq the end of the log at the start: how old these inputs are is not known, so they count as too old
   */
  constructor(boundMs: number, lastSeq: number) {
    this.#bound = boundMs
    this.#sights.push({ lastSeq, at: Number.NEGATIVE_INFINITY })
  }

  /** True while no input is older than the bound and undecided; `now` is of a clock that never goes back. */
  keepsUp(lastSeq: number, settled: number, now: number): boolean {
    const tooOld = (sight: { readonly at: number } | undefined) => sight !== undefined && now - sight.at >= this.#bound
    // Of several that are too old the newest says all, so they are never more than the bound has looks.
    this.#sights = this.#sights.filter(({ lastSeq: end }, index) => end > settled && !tooOld(this.#sights[index + 1]))
    const newest = this.#sights.at(-1)
    if (lastSeq > settled && (newest === undefined || lastSeq > newest.lastSeq)) this.#sights.push({ lastSeq, at: now })
    return !tooOld(this.#sights[0])
  }
}

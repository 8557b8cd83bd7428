import type { Report } from '../trace.ts'

/** How long inputs wait until their effects are stored, once all processes have started. */
export class DecisionWaits {
  readonly #withinMs: number | null
  readonly #report: Report
  #firstSeq = Number.POSITIVE_INFINITY
  #longestMs = 0

  /** @param withinMs none may wait longer; null: there is no bound */
  constructor(withinMs: number | null, report: Report) {
    this.#withinMs = withinMs
    this.#report = report
  }

  get longestMs(): number {
    return this.#longestMs
  }

  /** All processes run when this input is stored: inputs count from the first such one on. */
  begin(seq: number): void {
    this.#firstSeq = Math.min(this.#firstSeq, seq)
  }

  onSettled(seq: number, waitedMs: number): void {
    if (seq < this.#firstSeq) return
    this.#longestMs = Math.max(this.#longestMs, waitedMs)
    if (this.#withinMs !== null && waitedMs > this.#withinMs) {
      this.#report('takeover', `input ${seq} was settled ${waitedMs} ms after it was stored`)
    }
  }
}

import type { Settlement } from './core/settlement.ts'

/** Without an event to carry the watermark for so many inputs or so long, one of its own does. */
const INPUTS_MAX = 10_000
const AGE_MAX_MS = 3_600_000

/** The input up to which all is settled, and how far the risk log says so: each event carries the watermark. */
export class Watermark {
  readonly #settlement: Settlement
  #carried = 0
  #carriedAt = performance.now()

  constructor(settlement: Settlement) {
    this.#settlement = settlement
  }

  /** The watermark, for an event that is sent now. */
  carry(): number {
    const { settled } = this.#settlement
    this.isCarried(settled)
    return settled
  }

  /** An event of the log carries this watermark. */
  isCarried(settled: number): void {
    if (settled < this.#carried) return
    this.#carried = settled
    this.#carriedAt = performance.now()
  }

  /** Whether no event has carried `settled` for long. */
  isDue(settled: number): boolean {
    const uncarried = settled - this.#carried
    return uncarried >= INPUTS_MAX || (uncarried > 0 && performance.now() - this.#carriedAt >= AGE_MAX_MS)
  }
}

import { type SettledEvent, subjects } from '@drawbridge/contracts'
import type { RiskLog } from './risk-log.ts'

/** Without an event to carry the watermark for so many inputs or so long, one of its own does. */
const INPUTS_MAX = 10_000
const AGE_MAX_MS = 3_600_000

/** Sees to it that the risk log knows how far all is settled: every event carries it, and where none comes, its own. */
export class SettledMark {
  readonly #riskLog: RiskLog
  #lastSeq = 0
  #carried = 0
  #carriedAt = performance.now()

  constructor(riskLog: RiskLog) {
    this.#riskLog = riskLog
  }

  /** The log has an event of its own for the mark at this stream sequence. */
  isAt(seq: number): void {
    this.#lastSeq = Math.max(seq, this.#lastSeq)
  }

  /** An event carries it that far. */
  isCarried(settled: number): void {
    if (settled < this.#carried) return
    this.#carried = settled
    this.#carriedAt = performance.now()
  }

  /** Writes it if no event has carried it for long. */
  async writeIfDue(event: SettledEvent): Promise<void> {
    const uncarried = event.settled - this.#carried
    const old = performance.now() - this.#carriedAt >= AGE_MAX_MS
    if (uncarried >= INPUTS_MAX || (uncarried > 0 && old)) await this.write(event)
  }

  async write(event: SettledEvent): Promise<void> {
    const outcome = await this.#riskLog.appendSettled(event, this.#lastSeq)
    const last = outcome.kind === 'stored' ? outcome : await this.#riskLog.last(subjects.config('settled'))
    if (last !== null) this.isAt(last.seq)
  }
}

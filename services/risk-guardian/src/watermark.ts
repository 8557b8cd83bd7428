import { subjects } from '@drawbridge/contracts'
import type { Settlement } from './core/settlement.ts'
import type { InputWatch } from './inbound/input-watch.ts'
import type { LogWatch } from './log-watch.ts'
import type { RiskLog } from './outbound/risk-log.ts'

/** If no event has carried the watermark for this many inputs or this long, it gets an event of its own. */
const INPUTS_MAX = 10_000
const AGE_MAX_MS = 3_600_000

interface WatermarkParts {
  readonly settlement: Settlement
  readonly watch: LogWatch
  readonly inputs: InputWatch
}

/** The input up to which all is settled, as events carry it, and how far the risk log says so. */
export class Watermark {
  readonly #parts: WatermarkParts
  /** Stream sequence of the last event that only carries the watermark. */
  #lastSeq = 0
  #carried = 0
  #carriedAt = performance.now()

  constructor(parts: WatermarkParts) {
    this.#parts = parts
  }

  /** The watermark, for an event that is sent now. */
  carry(): number {
    const { settled } = this.#parts.settlement
    this.isCarried(settled)
    return settled
  }

  /** An event of the log carries this watermark. */
  isCarried(settled: number): void {
    if (settled < this.#carried) return
    this.#carried = settled
    this.#carriedAt = performance.now()
  }

  /** The log has an event that only carries the watermark at this stream sequence. */
  isAt(seq: number): void {
    this.#lastSeq = Math.max(seq, this.#lastSeq)
  }

  /** Writes it if no event has carried it for a long time. */
  async writeIfDue(settled: number, riskLog: RiskLog): Promise<void> {
    const uncarried = settled - this.#carried
    const isOld = performance.now() - this.#carriedAt >= AGE_MAX_MS
    if (uncarried >= INPUTS_MAX || (uncarried > 0 && isOld)) await this.write(settled, riskLog)
  }

  /** Writes it with what the log is bound to. */
  async write(settled: number, riskLog: RiskLog): Promise<void> {
    const { watch, inputs } = this.#parts
    const event = { ...watch.bound, settled, inputsCreated: inputs.created ?? '' }
    const outcome = await riskLog.appendSettled(event, this.#lastSeq)
    const last = outcome.kind === 'stored' ? outcome : await riskLog.last(subjects.config('settled'))
    if (last !== null) this.isAt(last.seq)
  }
}

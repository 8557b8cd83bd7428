import { subjects } from '@drawbridge/contracts'
import type { InputWatch } from '../inbound/input-watch.ts'
import type { LogBinding } from '../log-binding.ts'
import type { Watermark } from '../watermark.ts'
import type { RiskLog } from './risk-log.ts'

/** Writes the watermark as an event of its own, with what the log is bound to. */
export class WatermarkWriter {
  readonly #watermark: Watermark
  readonly #riskLog: RiskLog
  readonly #binding: LogBinding
  readonly #inputs: InputWatch
  #lastSeq = 0

  constructor(watermark: Watermark, riskLog: RiskLog, binding: LogBinding, inputs: InputWatch) {
    this.#watermark = watermark
    this.#riskLog = riskLog
    this.#binding = binding
    this.#inputs = inputs
  }

  /** The log has such an event at this stream sequence. */
  isAt(seq: number): void {
    this.#lastSeq = Math.max(seq, this.#lastSeq)
  }

  async writeIfDue(settled: number): Promise<void> {
    if (this.#watermark.isDue(settled)) await this.write(settled)
  }

  async write(settled: number): Promise<void> {
    const event = this.#binding.settledEvent(settled, this.#inputs.created ?? '')
    const outcome = await this.#riskLog.appendSettled(event, this.#lastSeq)
    const last = outcome.kind === 'stored' ? outcome : await this.#riskLog.last(subjects.config('settled'))
    if (last !== null) this.isAt(last.seq)
  }
}

import type { Logger } from '@drawbridge/service-kit'
import type { GuardianMetrics } from './metrics.ts'

/** Inputs that left the input log before a guardian read them: nobody judges them, and those behind them are judged. */
export class LostInputs {
  readonly #metrics: GuardianMetrics
  readonly #log: Logger
  #count = 0

  constructor(metrics: GuardianMetrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  get count(): number {
    return this.#count
  }

  /** They are too old by now, or were lost with the store of the stream. @param to the last of them */
  tell(from: number, to: number): void {
    this.#count += to - from + 1
    this.#metrics.inputsLost.inc(to - from + 1)
    this.#log.error({ from, to }, 'inputs left the input log before a guardian read them')
  }
}

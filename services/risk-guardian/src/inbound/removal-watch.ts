import type { Intake } from '../intake.ts'
import type { LogBinding } from '../log-binding.ts'
import type { InputWatch } from './input-watch.ts'
import type { RiskTail } from './risk-tail.ts'

/** The last input may have been removed: a guardian that does not read RISK learns that only if it looks. */
export class RemovalWatch {
  readonly #intake: Intake
  readonly #inputs: InputWatch
  readonly #binding: LogBinding
  readonly #tail: RiskTail
  /** Where INPUTS ended at the last look, if nothing waited to be decided then although not all was settled. */
  #missingBefore: number | null = null

  constructor(intake: Intake, inputs: InputWatch, binding: LogBinding, tail: RiskTail) {
    this.#intake = intake
    this.#inputs = inputs
    this.#binding = binding
    this.#tail = tail
  }

  /** Reads RISK on where an input is missing at two looks. */
  look(settled: number): void {
    const end = (this.#inputs.lastSeq ?? 0) + this.#binding.inputsOffset
    const isMissing = this.#intake.undecidedSince === null && settled < end
    if (isMissing && end === this.#missingBefore) this.#tail.goOn()
    this.#missingBefore = isMissing ? end : null
  }
}

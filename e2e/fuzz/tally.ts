import type { Checked } from './check-input.ts'

/** An input in a report. */
export interface Told {
  readonly index: number
  /** The target that read it. */
  readonly name: string
  readonly bytes: Uint8Array
}

export interface Failure {
  readonly index: number
  readonly name: string
  readonly fault: string
  /** The beginning of the input, printable. */
  readonly input: string
}

/** The results of a range of inputs. */
export interface RangeResult {
  readonly inputs: number
  readonly accepted: number
  /** The number of inputs that broke a promise. */
  readonly failed: number
  /** The first ones. */
  readonly failures: readonly Failure[]
  readonly slowestMs: number
  readonly slowest: string
}

const FAILURES_TOLD = 20
const BYTES_SHOWN = 400

/** Counts the results of inputs. */
export class Tally {
  #result: RangeResult = { inputs: 0, accepted: 0, failed: 0, failures: [], slowestMs: 0, slowest: '' }

  get result(): RangeResult {
    return this.#result
  }

  add({ index, name, bytes }: Told, checked: Checked, tookMs: number): void {
    const isSlowest = tookMs > this.#result.slowestMs
    const failures: readonly Failure[] =
      typeof checked === 'string' ? [] : [{ index, name, fault: checked.fault, input: shown(bytes) }]
    this.addAll({
      inputs: 1,
      accepted: checked === 'accepted' ? 1 : 0,
      failed: failures.length,
      failures,
      slowestMs: tookMs,
      slowest: isSlowest ? `input ${index} (${name}, ${bytes.length} bytes)` : '',
    })
  }

  addAll(more: RangeResult): void {
    const { inputs, accepted, failed, failures, slowestMs, slowest } = this.#result
    this.#result = {
      inputs: inputs + more.inputs,
      accepted: accepted + more.accepted,
      failed: failed + more.failed,
      failures: more.failed === 0 ? failures : [...failures, ...more.failures].slice(0, FAILURES_TOLD),
      slowestMs: Math.max(slowestMs, more.slowestMs),
      slowest: more.slowestMs > slowestMs ? more.slowest : slowest,
    }
  }
}

function shown(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes.subarray(0, BYTES_SHOWN)).toString('latin1'))
}

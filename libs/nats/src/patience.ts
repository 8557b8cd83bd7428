import { SilentError } from './silent-error.ts'
import { SILENT_MS } from './stream-reading.ts'

const SILENT_MAX_MS = 12_000

/**
 * How long a server may be silent before a new reading begins. A busy server answers late, and each new reading adds to its
 * load; so the time doubles after each reading that brought nothing.
 */
export class Patience {
  #silentMs = SILENT_MS

  get silentMs(): number {
    return this.#silentMs
  }

  /** A reading has ended. @param broughtAny whether it brought a message */
  ended(reason: unknown, broughtAny: boolean): void {
    if (broughtAny) this.#silentMs = SILENT_MS
    else if (reason instanceof SilentError) this.#silentMs = Math.min(2 * this.#silentMs, SILENT_MAX_MS)
  }
}

import type { Parsed } from '@drawbridge/contracts'

/** Collects the faults of the settings, so that all are reported at once. */
export class Faults {
  readonly #faults = new Set<string>()

  add(where: string, fault: string): void {
    this.#faults.add(`${where}: ${fault}`)
  }

  /** The value; if it was refused, `otherwise`, with a fault for each reason. */
  take<T>(where: string, read: Parsed<T>, otherwise: T): T {
    if (read.ok) return read.value
    for (const fault of read.reason.split('; ')) this.add(where, fault)
    return otherwise
  }

  get all(): readonly string[] {
    return [...this.#faults]
  }
}

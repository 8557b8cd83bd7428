import type { LogDamage, RiskEvent, TraderId } from '@drawbridge/contracts'

/** What identifies a decision: the same version of the same input is the same decision. */
interface Known {
  readonly version: number
  readonly inputSeq: number
}

/** The newest decision on each trader, and whether a log that is read once more still says the same. */
export class KnownVersions {
  readonly #newest = new Map<TraderId, Known>()
  /** In the reading that is under way. */
  readonly #read = new Map<TraderId, number>()
  #contradiction: LogDamage | null = null

  /** A reading of the log begins, which brings the newest decision on each trader. */
  begin(): void {
    this.#read.clear()
    this.#contradiction = null
  }

  hear({ trader, state: { version, inputSeq } }: RiskEvent): void {
    this.#read.set(trader, Math.max(version, this.#read.get(trader) ?? 0))
    const known = this.#newest.get(trader)
    if (known === undefined || version > known.version) this.#newest.set(trader, { version, inputSeq })
    else if (version === known.version && inputSeq !== known.inputSeq) {
      this.#contradiction ??= { kind: 'version', trader, version, known: known.version }
    }
  }

  /** To be called when all has been read that the log held: what is known and not there any more; null: nothing. */
  damage(): LogDamage | null {
    if (this.#contradiction !== null) return this.#contradiction
    for (const [trader, known] of this.#newest) {
      const version = this.#read.get(trader) ?? 0
      if (version < known.version) return { kind: 'version', trader, version, known: known.version }
    }
    return null
  }

  /** What comes next is of another log. */
  forget(): void {
    this.#newest.clear()
    this.begin()
  }
}

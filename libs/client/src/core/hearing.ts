const NEVER = Number.NEGATIVE_INFINITY
/** The log must be heard at least this often; everything it held before is then known. */
const HEARD_EVERY_MS = 2_000

interface HearingOptions {
  readonly leaseMs: number
  /** After this time without a decision, the newest ones are read again, milliseconds. */
  readonly lookEveryMs: number
}

/** When the newest event of a gate was read. */
interface NewestRead {
  readonly readAt: number
  /** Whether it was read again since: the first reading may be older than the server's subscription. */
  readonly isConfirmed: boolean
}

/**
 * When guardians and decisions were heard, and what a gate may have missed. Decisions on all traders come the same way, so a
 * decision on one of them shows that those on the others arrive, too. All times are of `performance.now()`.
 */
export class Hearing {
  readonly #leaseMs: number
  readonly #lookEveryMs: number
  /** When a guardian was last heard. */
  #guardianAt = NEVER
  /** From when on a silence of guardians counts. */
  #silentSince = NEVER
  /** When a decision was last heard: until then, decisions are known to arrive ... */
  #decisionAt = NEVER
  /** ... from this moment on: before it nothing was heard for so long that decisions may have been missed. */
  #decisionsSince = NEVER

  constructor({ leaseMs, lookEveryMs }: HearingOptions) {
    this.#leaseMs = leaseMs
    this.#lookEveryMs = lookEveryMs
  }

  /** When a guardian was last heard. */
  get guardianAt(): number {
    return this.#guardianAt
  }

  /** Whether a guardian was heard within the lease. */
  isGuardianHeard(now: number): boolean {
    return now - this.#guardianAt < this.#leaseMs
  }

  /** Whether guardians have been silent for so long that the newest decisions must be read before a heartbeat counts. */
  isSilent(now: number): boolean {
    return now - this.#silentSince > this.#leaseMs
  }

  /** The newest decisions are known, or are about to be read: a silence before does not count. */
  restart(now: number): void {
    this.#silentSince = now
  }

  /** A guardian was heard that uses the log in use. */
  heartbeat(now: number): void {
    this.#silentSince = now
    this.#guardianAt = now
  }

  /** From now on it is another log: no guardian has been heard that uses it. */
  forgetGuardians(): void {
    this.#guardianAt = NEVER
  }

  /** A decision on any trader was heard. */
  decision(now: number): void {
    if (now - this.#decisionAt > this.#lookEveryMs) this.#decisionsSince = now
    this.#decisionAt = now
  }

  /**
   * Up to when a heartbeat that is heard now may keep a gate open. A heartbeat does not show whether decisions arrive.
   * @param readAt when the newest event of the gate was read
   */
  knownUntil(readAt: number, now: number): number {
    const logHeardAt = this.#mayHaveMissed(readAt) ? readAt : Math.max(this.#decisionAt, readAt)
    return Math.min(now, logHeardAt + HEARD_EVERY_MS)
  }

  /** Whether the newest event must be read again. If no decision is heard, nothing was decided, or decisions do not arrive. */
  isDue({ readAt, isConfirmed }: NewestRead, now: number): boolean {
    if (now - readAt < this.#lookEveryMs) return false
    const isSilent = now - this.#decisionAt >= this.#lookEveryMs
    return isSilent || !isConfirmed || this.#mayHaveMissed(readAt)
  }

  /** Whether decisions may have been missed since its newest event was read. */
  #mayHaveMissed(readAt: number): boolean {
    return readAt < this.#decisionsSince
  }
}

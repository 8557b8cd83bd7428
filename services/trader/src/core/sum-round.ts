import type { TraderId } from '@drawbridge/contracts'

/**
 * One round of reports: complete when every member has spoken, and over `settleMs` after the first one that did. So the
 * legs of a hedged pair that report one after the other are seen together.
 */
export class SumRound {
  readonly #size: number
  readonly #settleMs: number
  /** The count of the group when a member spoke last. */
  readonly #spoken = new Map<TraderId, number>()
  /** When it began; null: nobody has spoken. */
  #since: number | null = null

  constructor(members: number, settleMs: number) {
    this.#size = members
    this.#settleMs = settleMs
  }

  get isEmpty(): boolean {
    return this.#since === null
  }

  /** Who has spoken. */
  has(member: TraderId): boolean {
    return this.#spoken.has(member)
  }

  /** When it is over at the latest; null: it has not begun. */
  get overAt(): number | null {
    return this.#since === null ? null : this.#since + this.#settleMs
  }

  isOver(now: number): boolean {
    return this.#since !== null && (this.#spoken.size === this.#size || now >= this.#since + this.#settleMs)
  }

  /** Something is new, and nobody knows which members it has. */
  begin(now: number): void {
    this.#since ??= now
  }

  spoke(member: TraderId, seq: number, now: number): void {
    this.begin(now)
    this.#spoken.set(member, seq)
  }

  /** A sample up to this count has what was said before. */
  sampled(seq: number): void {
    const known = [...this.#spoken].filter(([, spokeAt]) => spokeAt <= seq)
    for (const [member] of known) this.#spoken.delete(member)
    if (known.length > 0 && this.#spoken.size === 0) this.#since = null
  }

  clear(): void {
    this.#spoken.clear()
    this.#since = null
  }
}

import type { Instant } from '@drawbridge/contracts/pure'

/** The largest fall of the trading curve from its highest value before. */
export interface WorstDrawdown {
  readonly amount: number
  /** Percent of that highest value; 0 where that is 0 or less. */
  readonly percent: number
  /** When it was; null: the curve never fell. */
  readonly at: Instant | null
}

/** What an account would be if blocked times had changed nothing: its first equity, and each change outside of them. */
export class TradingCurve {
  #value = Number.NaN
  #highest = Number.NaN
  #worst: WorstDrawdown = { amount: 0, percent: 0, at: null }

  get value(): number {
    return this.#value
  }

  get isEmpty(): boolean {
    return Number.isNaN(this.#value)
  }

  /** The worst by percent. */
  get worst(): WorstDrawdown {
    return this.#worst
  }

  begin(equity: number): void {
    this.#value = equity
    this.#highest = equity
  }

  add(change: number, at: Instant): void {
    this.#value += change
    if (this.#value >= this.#highest) this.#highest = this.#value
    else this.#fall(at)
  }

  #fall(at: Instant): void {
    const amount = this.#highest - this.#value
    const percent = this.#highest > 0 ? (amount / this.#highest) * 100 : 0
    if (percent > this.#worst.percent || (percent === 0 && amount > this.#worst.amount)) {
      this.#worst = { amount, percent, at }
    }
  }
}

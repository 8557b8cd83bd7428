import { type Amount, formatAmount, HUNDRED_PERCENT } from '@drawbridge/contracts'

/** How an account has done, amounts and percentages as decimals. */
export interface AccountOutcome {
  readonly equity: string
  /** The largest decline from a peak, percent of the peak, cut to 8 decimals. */
  readonly deepestDrawdown: string
  /** Days at whose close it might not open positions. */
  readonly daysStopped: number
}

/** Follows the equity of an account from close to close. */
export class AccountRecord {
  #equity: Amount = 0n
  #peak: Amount = 0n
  #deepest: Amount = 0n
  #daysStopped = 0

  add(equity: Amount, isStopped: boolean): void {
    this.#equity = equity
    if (equity > this.#peak) this.#peak = equity
    const drawdown = this.#peak === 0n ? 0n : ((this.#peak - equity) * HUNDRED_PERCENT) / this.#peak
    if (drawdown > this.#deepest) this.#deepest = drawdown
    if (isStopped) this.#daysStopped += 1
  }

  get outcome(): AccountOutcome {
    return {
      equity: formatAmount(this.#equity),
      deepestDrawdown: formatAmount(this.#deepest),
      daysStopped: this.#daysStopped,
    }
  }
}

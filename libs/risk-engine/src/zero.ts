import type { Amount } from '@drawbridge/contracts/pure'

/** Whether a value is exactly 0. Each reading asks several times, and a comparison of bigints takes longer. */
export function isZero(amount: Amount | null): boolean {
  return amount !== null && !amount
}

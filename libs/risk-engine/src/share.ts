import { type Amount, HUNDRED_PERCENT } from '@drawbridge/contracts/pure'

/** A part of a whole in lowest terms: products with it then stay within 64 bits, beyond which they take ten times as long. */
export interface Share {
  readonly part: bigint
  readonly whole: bigint
}

export function shareOf(percent: Amount): Share {
  const divisor = commonDivisor(HUNDRED_PERCENT, percent)
  return { part: percent / divisor, whole: HUNDRED_PERCENT / divisor }
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b)
}

const HUNDRED_PERCENT = 100_00000000n

/** A part of a whole in lowest terms: products with it then stay within 64 bits, beyond which they take ten times as long. */
export interface Share {
  readonly part: bigint
  readonly whole: bigint
}

/** @param percents percent of percent, above 0 */
export function shareOf(percents: bigint): Share {
  const whole = HUNDRED_PERCENT * HUNDRED_PERCENT
  const divisor = commonDivisor(whole, percents)
  return { part: percents / divisor, whole: whole / divisor }
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b)
}

/** An exact number; the denominator is positive. */
export interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

export const ZERO: Fraction = { over: 0n, under: 1n }
const HUNDRED: Fraction = { over: 100n, under: 1n }
const UNITS = 100_000_000n
const BOUND: Fraction = { over: 10n ** 15n, under: 1n }
/** No amount needs more digits than this before or after its point. */
const MAX_EXPONENT = 400

export const plus = (a: Fraction, b: Fraction): Fraction =>
  a.under === b.under
    ? { over: a.over + b.over, under: a.under }
    : { over: a.over * b.under + b.over * a.under, under: a.under * b.under }
export const negative = (a: Fraction): Fraction => ({ over: -a.over, under: a.under })
export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, negative(b))
export const times = (a: Fraction, b: Fraction): Fraction => ({ over: a.over * b.over, under: a.under * b.under })
export const size = (a: Fraction): Fraction => (a.over < 0n ? negative(a) : a)

/** @param b not zero */
export function dividedBy(a: Fraction, b: Fraction): Fraction {
  const sign = b.over < 0n ? -1n : 1n
  return { over: a.over * b.under * sign, under: a.under * b.over * sign }
}

export function compare(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under
  return difference > 0n ? 1 : difference < 0n ? -1 : 0
}

export const sign = (a: Fraction): number => compare(a, ZERO)
export const isPositive = (a: Fraction): boolean => a.over > 0n
export const smaller = (a: Fraction, b: Fraction): Fraction => (compare(a, b) <= 0 ? a : b)
export const larger = (a: Fraction, b: Fraction): Fraction => (compare(a, b) >= 0 ? a : b)
export const percentOf = (percent: Fraction, whole: Fraction): Fraction => dividedBy(times(percent, whole), HUNDRED)
export const percentage = (part: Fraction, whole: Fraction): Fraction => dividedBy(times(part, HUNDRED), whole)

/** A decimal whose every digit counts; an exponent is allowed, as in JSON. Null: it is none. */
export function readDecimal(text: string): Fraction | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text)
  if (match === null) return null
  const [, minusSign = '', whole = '', decimals = '', exponent = '0'] = match
  const shift = Number(exponent) - decimals.length
  const digits = BigInt(`${minusSign}${whole}${decimals}`)
  if (digits === 0n) return ZERO
  if (Math.abs(shift) > MAX_EXPONENT) return shift < 0 ? tiniest(digits) : { over: digits * UNITS ** 100n, under: 1n }
  return shift < 0 ? { over: digits, under: 10n ** BigInt(-shift) } : { over: digits * 10n ** BigInt(shift), under: 1n }
}

const tiniest = (digits: bigint): Fraction => ({ over: digits < 0n ? -1n : 1n, under: UNITS ** 100n })

/** What configuration and tests write; a fault of theirs throws. */
export function decimal(written: string | number): Fraction {
  const value = readDecimal(String(written))
  if (value === null) throw new Error(`not a decimal: ${written}`)
  return value
}

/** An amount of a bot or operator: below 1e15, cut to 8 decimals downward. Null: it is none. */
export function readAmount(written: string): Fraction | null {
  const value = readDecimal(written)
  return value === null || compare(size(value), BOUND) >= 0 ? null : cutDown(value)
}

export const isWithinBound = (a: Fraction): boolean => compare(size(a), BOUND) < 0

function unitsBelow(value: Fraction): bigint {
  const scaled = value.over * UNITS
  const quotient = scaled / value.under
  return scaled < 0n && quotient * value.under !== scaled ? quotient - 1n : quotient
}

/** The largest amount of 8 decimals that is not above the value. */
export const cutDown = (value: Fraction): Fraction => ({ over: unitsBelow(value), under: UNITS })
/** The smallest amount of 8 decimals that is not below the value. */
export const cutUp = (value: Fraction): Fraction => negative(cutDown(negative(value)))

/** Cut toward zero to 8 decimals, in the shortest form. */
export function text(value: Fraction): string {
  const units = (value.over * UNITS) / value.under
  const digits = (units < 0n ? -units : units).toString().padStart(9, '0')
  const decimals = digits.slice(-8).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -8)}${decimals === '' ? '' : `.${decimals}`}`
}

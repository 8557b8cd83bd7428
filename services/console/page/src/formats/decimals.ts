/** Sums of decimal strings, exact to the 8 decimals that amounts have. */
const DECIMALS = 8

export function sumOf(amounts: readonly string[]): string {
  return written(amounts.reduce((sum, amount) => sum + unitsOf(amount), 0n))
}

function unitsOf(text: string): bigint {
  const isNegative = text.startsWith('-')
  const [whole = '0', rest = ''] = (isNegative ? text.slice(1) : text).split('.')
  const units = BigInt(whole + rest.slice(0, DECIMALS).padEnd(DECIMALS, '0'))
  return isNegative ? -units : units
}

function written(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(DECIMALS + 1, '0')
  const decimals = digits.slice(-DECIMALS).replace(/0+$/, '')
  const whole = digits.slice(0, -DECIMALS)
  return `${units < 0n ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`
}

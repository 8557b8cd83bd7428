/** A decimal as exchanges write it, in text or as a number. */
interface Decimal {
  readonly digits: bigint
  /** How many of them stand behind the point. */
  readonly scale: number
}

const WRITTEN = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/
const EXPONENT_MAX = 60

/** The exact product of a quantity and a price; null: one of them is no number. */
export function times(quantity: unknown, price: unknown): string | null {
  const [one, other] = [decimalOf(quantity), decimalOf(price)]
  if (one === null || other === null) return null
  return textOf({ digits: one.digits * other.digits, scale: one.scale + other.scale })
}

/** The exact sum of two decimals. */
export function plus(one: string, other: string): string {
  const [first, second] = [decimalOf(one), decimalOf(other)]
  if (first === null || second === null) throw new TypeError(`no decimals: ${one}, ${other}`)
  const scale = Math.max(first.scale, second.scale)
  const raised = ({ digits, scale: own }: Decimal) => digits * 10n ** BigInt(scale - own)
  return textOf({ digits: raised(first) + raised(second), scale })
}

/** What one of something costs, if so much of it costs one; null: nobody can say. */
export function inverse(price: unknown): string | null {
  const value = decimalOf(price)
  if (value === null || value.digits <= 0n) return null
  const scale = 18
  return textOf({ digits: 10n ** BigInt(scale + value.scale) / value.digits, scale })
}

function decimalOf(value: unknown): Decimal | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const match = WRITTEN.exec(String(value))
  if (match === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const shift = Number(exponent)
  if (Math.abs(shift) > EXPONENT_MAX) return null
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const scale = fraction.length - shift
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

function textOf({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const written = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')
  const whole = written.slice(0, written.length - scale)
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${written.slice(written.length - scale)}`
}

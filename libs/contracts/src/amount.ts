import { type Parsed, parsed, printable, refused } from './parsed.ts'

/**
 * An exact amount of money, or an exact percentage: an integer count of 1e-8 units.
 * `10250.5` is `1_025_050_000_000n`. Bounds: less than 1e15 either side of zero.
 */
export type Amount = bigint

/** How many units one whole has. */
export const AMOUNT_SCALE = 100_000_000n
export const AMOUNT_DECIMALS = 8
export const HUNDRED_PERCENT = 100n * AMOUNT_SCALE
/** Amounts of bots and operators are smaller in size. */
export const AMOUNT_BOUND = 10n ** 15n * AMOUNT_SCALE

const SCALE = 1e8
/** Below this, products and quotients with {@link SCALE} are exact in double arithmetic. */
const FAST_LIMIT = 1e15
const DECIMAL = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/
const MAX_NUMBER_DIGITS = 15

/**
 * Reads an amount as operators and settings write it: a JSON number of at most 15 significant digits (a double does not hold
 * more reliably) or a decimal string; at most 8 decimals in either. Nothing is rounded or cut. Bots have their own reader,
 * `parseTickAmount`.
 */
export function parseAmount(value: unknown): Parsed<Amount> {
  if (typeof value === 'number') return parseNumber(value)
  if (typeof value === 'string') return parseDecimal(value)
  return refused(`must be a number or a decimal string, got ${describe(value)}`)
}

/**
 * The units of a number of at most 15 digits and 8 decimals, if they are below {@link FAST_LIMIT}; null: anything else. A
 * double with n = value * 1e8 below that has no more digits exactly when n / 1e8 gives it back: the product is off by less
 * than 0.25, the quotient is correctly rounded.
 */
export function exactUnits(value: number): Amount | null {
  const units = Math.round(value * SCALE)
  return units < FAST_LIMIT && units > -FAST_LIMIT && units / SCALE === value ? BigInt(units) : null
}

function parseNumber(value: number): Parsed<Amount> {
  const units = exactUnits(value)
  if (units !== null) return parsed(units)
  if (!Number.isFinite(value)) return refused(`must be a finite number, got ${value}`)
  const text = String(value)
  const digits = text
    .replace(/e.*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '').length
  if (digits > MAX_NUMBER_DIGITS) {
    return refused(
      `has ${digits} significant digits: a JSON number may have ${MAX_NUMBER_DIGITS}, send "${text}" as a string`,
    )
  }
  return parseDecimal(text.includes('e') ? plain(value) : text)
}

function parseDecimal(text: string): Parsed<Amount> {
  const exact = readExact(text)
  if (exact.ok && (exact.value >= AMOUNT_BOUND || exact.value <= -AMOUNT_BOUND))
    return refused('must be below 1e15 in size')
  return exact
}

/**
 * Reads a computed amount that {@link formatAmount} wrote: a loss or a percentage may exceed the bound for bots. At most
 * 40 digits before the point.
 */
export function readExactAmount(value: unknown): Parsed<Amount> {
  return typeof value === 'string' ? readExact(value) : refused(`must be a decimal string, got ${describe(value)}`)
}

function readExact(text: string): Parsed<Amount> {
  const units = readShort(text)
  return Number.isNaN(units) ? readLong(text) : parsed(BigInt(units))
}

/** Powers of ten that convert a number with this many decimals to units. */
const UNITS_OF = [1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1]
/** A sign, 15 digits and a point. */
const SHORT_MAX = 17

/** Reads an ordinary amount in a fifth of the time: units below {@link FAST_LIMIT}. NaN: anything else, valid or not. */
export function readShort(text: string): number {
  if (text.length > SHORT_MAX) return Number.NaN
  const first = text[0] === '-' ? 1 : 0
  let number = 0
  let point = text.length
  for (let at = first; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) number = number * 10 + digit
    else if (text[at] === '.' && point === text.length) point = at
    else return Number.NaN
  }
  const decimals = Math.max(0, text.length - point - 1)
  if (point === first || point === text.length - 1) return Number.NaN
  const units = number * (UNITS_OF[decimals] ?? Number.NaN)
  return units < FAST_LIMIT ? (first === 1 ? -units : units) : Number.NaN
}

function readLong(text: string): Parsed<Amount> {
  const match = DECIMAL.exec(text)
  if (match === null) return refused(`must be a decimal like "10250.50", got ${describe(text)}`)
  const [, sign = '', whole = '', fraction = ''] = match
  const decimals = fraction.replace(/0+$/, '')
  if (decimals.length > AMOUNT_DECIMALS) {
    return refused(`has ${decimals.length} decimals: at most ${AMOUNT_DECIMALS} are kept exactly`)
  }
  const units = BigInt(whole + decimals.padEnd(AMOUNT_DECIMALS, '0'))
  return parsed(sign === '-' ? -units : units)
}

/** Writes out a number that JavaScript prints with an exponent. */
function plain(value: number): string {
  if (Math.abs(value) >= 1) return BigInt(value).toString()
  return value.toFixed(Math.min(100, 20 + Math.ceil(-Math.log10(Math.abs(value)))))
}

const FAST_UNITS = BigInt(FAST_LIMIT)
/** Fewer units are below 1e-6, which JavaScript writes with an exponent. */
const PLAIN_UNITS = 100n

/** The shortest decimal string of an amount: `"10250.5"`. `parseAmount` gives the same amount back. */
export function formatAmount(amount: Amount): string {
  const size = amount < 0n ? -amount : amount
  // A decimal of 15 digits is the shortest text of its double: the same in a quarter of the time.
  if (size < FAST_UNITS && size >= PLAIN_UNITS) return String(Number(amount) / SCALE)
  return formatLong(amount)
}

function formatLong(amount: Amount): string {
  const negative = amount < 0n
  const digits = (negative ? -amount : amount).toString().padStart(AMOUNT_DECIMALS + 1, '0')
  const point = digits.length - AMOUNT_DECIMALS
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1
  const whole = digits.slice(0, point)
  const text = end === point ? whole : `${whole}.${digits.slice(point, end)}`
  return negative ? `-${text}` : text
}

const PICTURE_LENGTH = 60

/** A short form of a value for an error message. Reads only a small part of a large value. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number') return String(value)
  return printable(JSON.stringify(value, beginnings()) ?? String(value), PICTURE_LENGTH)
}

/** Limits the values to what the short form has room for: every value takes at least one character. */
function beginnings(): (key: string, value: unknown) => unknown {
  let room = PICTURE_LENGTH
  return (_key, value) => {
    if (room <= 0) return undefined
    room -= 1
    if (typeof value === 'string') return value.slice(0, PICTURE_LENGTH)
    if (Array.isArray(value)) return value.slice(0, room + 1)
    if (typeof value !== 'object' || value === null) return value
    return beginningOf(value as Record<string, unknown>, room + 1)
  }
}

function beginningOf(value: Readonly<Record<string, unknown>>, count: number): object {
  const beginning: Record<string, unknown> = Object.create(null)
  let room = count
  for (const name in value) {
    if (room <= 0) break
    beginning[name] = value[name]
    room -= 1
  }
  return beginning
}

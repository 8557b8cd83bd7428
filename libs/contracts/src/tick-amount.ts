import { AMOUNT_BOUND, AMOUNT_DECIMALS, type Amount, describe, exactUnits, readShort } from './amount.ts'
import { mayHaveLongNumber } from './amount-digits.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** Digits of the units of the largest amount. */
const UNIT_DIGITS_MAX = AMOUNT_BOUND.toString().length - 1
/** A number as programs print it. */
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?)(\d+))?$/
const TOO_LARGE = refused('must be below 1e15 in size')

/**
 * Reads an amount of a bot: any JSON number or decimal string below 1e15 in size, cut to 8 decimals downward, so that no
 * account seems richer than it is. The digits of the text count, and no float: `0.30000000000000004` is 0.3. A number is
 * read as JavaScript prints it; where its literal may say something else ({@link hidesDigits}), give the literal.
 *
 * Amounts of operators have their own reader, which refuses what it would have to cut.
 */
export function parseTickAmount(value: unknown): Parsed<Amount> {
  if (typeof value === 'number') {
    const units = exactUnits(value)
    if (units !== null) return parsed(units)
    if (Number.isNaN(value)) return refused('must be a finite number, got NaN')
    return Number.isFinite(value) ? readText(String(value)) : TOO_LARGE
  }
  if (typeof value !== 'string') return refused(`must be a number or a decimal string, got ${describe(value)}`)
  const units = readShort(value)
  return Number.isNaN(units) ? readText(value) : parsed(BigInt(units))
}

function readText(text: string): Parsed<Amount> {
  const match = NUMBER.exec(text)
  if (match === null) return refused(`must be a decimal like "10250.50", got ${describe(text)}`)
  const [, sign = '', whole = '', fraction = '', exponentSign = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return parsed(0n)
  // Beyond what a number holds exactly it is infinite, or as good as that.
  const size = Number(exponent)
  const shift = (exponentSign === '-' ? -size : size) - fraction.length + AMOUNT_DECIMALS
  return unitsOf(digits, shift, sign === '-')
}

/**
 * The units of `digits` times ten to the power of `shift`, cut downward. Never more digits are made than an amount has,
 * however large the exponent.
 * @param digits without leading zeros, at least one
 */
function unitsOf(digits: string, shift: number, isNegative: boolean): Parsed<Amount> {
  const kept = digits.length + shift
  if (kept > UNIT_DIGITS_MAX) return TOO_LARGE
  const written = kept <= 0 ? '0' : shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, kept)
  const size = BigInt(written)
  if (!isNegative) return parsed(size)
  const isCut = shift < 0 && /[1-9]/.test(digits.slice(Math.max(0, kept)))
  const units = isCut ? -size - 1n : -size
  return units <= -AMOUNT_BOUND ? TOO_LARGE : parsed(units)
}

const SMALL_NUMBER = /\d[eE]-\d+\s*[,}\]]/

/**
 * Whether a number in the text of a JSON object may have digits that `JSON.parse` loses: more of them than a double holds, or
 * an exponent that makes it 0.
 */
export function hidesDigits(text: string): boolean {
  if (mayHaveLongNumber(text)) return true
  // Nearly always false, and without the regular expression a tenth of its time.
  return (text.includes('e-') || text.includes('E-')) && SMALL_NUMBER.test(text)
}

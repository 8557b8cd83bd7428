import { LIMITS } from './limits.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** As many as a double holds for certain. */
const DIGITS_MAX = 15
/** The shortest text of a number of more digits. */
const LONG_NUMBER_LENGTH = DIGITS_MAX + 1

/** Every field in which an operator or a file of settings writes an amount or a percentage. */
const AMOUNT_FIELDS: ReadonlySet<string> = new Set([
  'amount',
  ...Object.values(LIMITS)
    .filter(({ value }) => value.isAmount)
    .map(({ name }) => name),
])

/**
 * Refuses JSON text of which `JSON.parse` would make another amount without a word: it rounds `1000.00000000000000001`
 * to 1000. Where the text has a number that long, its own digits are counted, zeros at its end included. To be asked of
 * text that is JSON.
 * @param fields names of those that hold amounts, wherever they are
 */
export function checkAmountDigits(text: string, fields: ReadonlySet<string> = AMOUNT_FIELDS): Parsed<null> {
  if (!mayHaveLongNumber(text)) return parsed(null)
  let fault: string | null = null
  JSON.parse(text, function count(key: string, value: unknown, context?: { source?: string }) {
    const source = context?.source
    if (typeof value === 'number' && source !== undefined && fields.has(key)) {
      const digits = source
        .replace(/[eE].*$/, '')
        .replace(/[-.]/g, '')
        .replace(/^0+/, '').length
      if (digits > DIGITS_MAX)
        fault ??= `${key} has ${digits} significant digits: a JSON number may have ${DIGITS_MAX}, send it as a string`
    }
    return value
  })
  return fault === null ? parsed(null) : refused(fault)
}

/**
 * Whether so many digits and points stand in a row. Such a row covers a character whose place is a multiple of its
 * length; only those are looked at, which takes a tenth of the time of a regular expression.
 */
function mayHaveLongNumber(text: string): boolean {
  for (let at = LONG_NUMBER_LENGTH - 1; at < text.length; at += LONG_NUMBER_LENGTH) {
    let first = at
    while (isDigitOrPoint(text.charCodeAt(first))) first -= 1
    let last = at
    while (isDigitOrPoint(text.charCodeAt(last))) last += 1
    if (last - first > LONG_NUMBER_LENGTH) return true
  }
  return false
}

/** NaN, of a place outside the text, is none. */
function isDigitOrPoint(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46
}

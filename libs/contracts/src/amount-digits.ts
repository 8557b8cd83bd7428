import { LIMITS } from './limits.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** The number of digits that a double always holds. */
const DIGITS_MAX = 15
/** The shortest text of a number with more digits. */
const LONG_NUMBER_LENGTH = DIGITS_MAX + 1

/** The parts of limits that are amounts or percentages. */
const PARTS = ['percent', 'at_percent', 'above_percent', 'initial_plus', 'factor', 'min_loss'] as const

/** Every field in which an operator or a settings file writes an amount or a percentage. */
const AMOUNT_FIELDS: ReadonlySet<string> = new Set([
  'amount',
  ...PARTS,
  ...Object.values(LIMITS)
    .filter(({ value }) => value.isAmount)
    .map(({ name }) => name),
])

/**
 * Refuses JSON text of operators whose amounts `JSON.parse` would silently change: it rounds `1000.00000000000000001` to
 * 1000. If the text has a number that long, its digits are counted, trailing zeros included. The text must be valid JSON.
 */
export function checkAmountDigits(text: string): Parsed<null> {
  if (!mayHaveLongNumber(text)) return parsed(null)
  let fault: string | null = null
  JSON.parse(text, function count(key: string, value: unknown, context?: { source?: string }) {
    const source = context?.source
    if (typeof value === 'number' && source !== undefined && AMOUNT_FIELDS.has(key)) {
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
 * Whether there is a run of this many digits and points. Such a run covers a character whose index is a multiple of its
 * length; only those are checked, which takes a tenth of the time of a regular expression.
 */
export function mayHaveLongNumber(text: string): boolean {
  for (let at = LONG_NUMBER_LENGTH - 1; at < text.length; at += LONG_NUMBER_LENGTH) {
    let first = at
    while (isDigitOrPoint(text.charCodeAt(first))) first -= 1
    let last = at
    while (isDigitOrPoint(text.charCodeAt(last))) last += 1
    if (last - first > LONG_NUMBER_LENGTH) return true
  }
  return false
}

/** NaN, from an index outside the text, is not a digit. */
function isDigitOrPoint(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46
}

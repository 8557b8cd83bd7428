import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** Readers of the fields of a tick that are no amounts. A refusal does not name the field. */

/** The longest name of a run and id of a trade, characters. */
export const NAME_LENGTH_MAX = 64
/** Text with these cannot be stored everywhere, and half a character would not come back as it was. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u

/** Names the owner of a sequence; may be empty. */
export function parseRun(value: unknown): Parsed<string> {
  return isName(value) ? parsed(value) : notName(`at most ${NAME_LENGTH_MAX}`, value)
}

export function parseTradeId(value: unknown): Parsed<string> {
  return isName(value) && value !== '' ? parsed(value) : notName(`1 to ${NAME_LENGTH_MAX}`, value)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && !isLonger(value, NAME_LENGTH_MAX) && !UNSTORABLE.test(value)
}

function notName(length: string, value: unknown): Parsed<string> {
  return refused(`must be text of ${length} characters, none of them a control character, ${got(value)}`)
}

export const CURRENCY_PATTERN = '^[!-~]{1,16}$'
const currency = new RegExp(CURRENCY_PATTERN)

/** A currency is compared as it is written: `usd` is another one than `USD`. */
export function parseCurrency(value: unknown): Parsed<string> {
  if (typeof value === 'string' && currency.test(value)) return parsed(value)
  return refused(`must be a currency like "USD", 1 to 16 ASCII characters without spaces, ${got(value)}`)
}

export function parseSeq(value: unknown): Parsed<number> {
  // JSON has a -0, which is written as 0.
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return parsed(value + 0)
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) {
    return refused(
      `must be at most ${Number.MAX_SAFE_INTEGER}, ${got(value)}: count in milliseconds, not in nanoseconds`,
    )
  }
  return refused(`must be a whole number from 0 up, ${got(value)}`)
}

function isLonger(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max)
}

const got = (value: unknown) => `got ${describe(value)}`

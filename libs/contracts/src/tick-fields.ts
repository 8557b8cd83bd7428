import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** Readers of the fields of a tick that are no amounts. A refusal does not name the field. */

const RUN_LENGTH_MAX = 64
/** Text with these cannot be stored everywhere, and half a character would not come back as it was. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u

/** Names the owner of a sequence. */
export function parseRun(value: unknown): Parsed<string> {
  if (typeof value === 'string' && !isLonger(value, RUN_LENGTH_MAX) && !UNSTORABLE.test(value)) return parsed(value)
  return refused(
    `must be text of at most ${RUN_LENGTH_MAX} characters, none of them a control character, ${got(value)}`,
  )
}

const TRADE_ID_LENGTH_MAX = 64

export function parseTradeId(value: unknown): Parsed<string> {
  if (typeof value === 'string' && value !== '' && !isLonger(value, TRADE_ID_LENGTH_MAX) && !UNSTORABLE.test(value)) {
    return parsed(value)
  }
  return refused(
    `must be text of 1 to ${TRADE_ID_LENGTH_MAX} characters, none of them a control character, ${got(value)}`,
  )
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
  return refused(`must be a whole number from 0 up, ${got(value)}`)
}

function isLonger(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max)
}

const got = (value: unknown) => `got ${describe(value)}`

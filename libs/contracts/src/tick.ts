import Type from 'typebox'
import { type Amount, parseAmount } from './amount.ts'
import { compileCheck } from './faults.ts'
import { type Instant, parseInstant } from './instant.ts'
import { parseJson } from './json.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

const amountWords = 'a number or a decimal string'
const AmountField = Type.Union([Type.Number(), Type.String()], { description: amountWords })

/** What a bot publishes on `equity.tick.<trader>`. Only `equity` is needed; fields it does not name are ignored. */
export const TickSchema = Type.Object(
  {
    equity: AmountField,
    balance: Type.Optional(AmountField),
    unrealizedPnl: Type.Optional(AmountField),
    at: Type.Optional(Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' })),
    seq: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'a whole number from 0 up' }),
    ),
  },
  { $id: 'Tick', title: 'Equity tick' },
)

export type TickMessage = Type.Static<typeof TickSchema>

/** One report of an account, read and checked. */
export interface Tick {
  /** Balance plus unrealized profit and loss, in the account's currency. */
  readonly equity: Amount
  readonly balance: Amount | null
  readonly unrealizedPnl: Amount | null
  /** The bot's clock. Decides the time only for a trader set to event time. */
  readonly at: Instant | null
  /** The bot's own count, given back in the event as `tickSeq`. */
  readonly seq: number | null
}

const checkTick = compileCheck<TickMessage>(TickSchema)

/** Reads a tick; the reason of a refusal names the field and what it must be. */
export function decodeTick(bytes: Uint8Array): Parsed<Tick> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  const exact = checkNumberDigits(json.value.text)
  if (!exact.ok) return exact
  return tickFromMessage(json.value.value)
}

/** Reads a tick that came as a parsed JSON value (an HTTP body). */
export function tickFromMessage(value: unknown): Parsed<Tick> {
  const checked = checkTick(value)
  if (!checked.ok) return checked
  const message = checked.value
  const equity = parseAmount(message.equity)
  if (!equity.ok) return refused(`equity ${equity.reason}`)
  const balance = optionalAmount('balance', message.balance)
  if (!balance.ok) return balance
  const unrealizedPnl = optionalAmount('unrealizedPnl', message.unrealizedPnl)
  if (!unrealizedPnl.ok) return unrealizedPnl
  let at: Instant | null = null
  if (message.at !== undefined) {
    const instant = parseInstant(message.at)
    if (!instant.ok) return refused(`at ${instant.reason}`)
    at = instant.value
  }
  return parsed({
    equity: equity.value,
    balance: balance.value,
    unrealizedPnl: unrealizedPnl.value,
    at,
    seq: message.seq ?? null,
  })
}

function optionalAmount(name: string, value: number | string | undefined): Parsed<Amount | null> {
  if (value === undefined) return parsed(null)
  const amount = parseAmount(value)
  return amount.ok ? amount : refused(`${name} ${amount.reason}`)
}

/** The shortest text of a number of more than 15 digits. */
const LONG_NUMBER_LENGTH = 16
const AMOUNT_FIELDS: ReadonlySet<string> = new Set(['equity', 'balance', 'unrealizedPnl'])

/**
 * JSON.parse rounds `1000.00000000000000001` to 1000 without a word. Where the text has a number that long, its own
 * digits are counted.
 */
function checkNumberDigits(text: string): Parsed<null> {
  if (!mayHaveLongNumber(text)) return parsed(null)
  let fault: string | null = null
  JSON.parse(text, function count(key: string, value: unknown, context?: { source?: string }) {
    const source = context?.source
    if (typeof value === 'number' && source !== undefined && AMOUNT_FIELDS.has(key)) {
      const digits = source
        .replace(/[eE].*$/, '')
        .replace(/[-.]/g, '')
        .replace(/^0+/, '').length
      if (digits > 15)
        fault ??= `${key} has ${digits} significant digits; a JSON number may have 15, send it as a string`
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

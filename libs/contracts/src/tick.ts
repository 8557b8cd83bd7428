import Type from 'typebox'
import { type Amount, parseAmount } from './amount.ts'
import { checkAmountDigits } from './amount-digits.ts'
import { compileCheck } from './faults.ts'
import { type Instant, parseInstant } from './instant.ts'
import { parseJson } from './json.ts'
import { type Parsed, parsed, refused, total } from './parsed.ts'
import { count, instant } from './schema-fields.ts'

const amountWords = 'a number or a decimal string'
const AmountField = Type.Union([Type.Number(), Type.String()], { description: amountWords })

/** What a bot publishes on `equity.tick.<trader>`. Only `equity` is required; unknown fields are ignored. */
export const TickSchema = Type.Object(
  {
    equity: AmountField,
    balance: Type.Optional(AmountField),
    unrealizedPnl: Type.Optional(AmountField),
    at: Type.Optional(instant),
    seq: Type.Optional(count),
  },
  { $id: 'Tick', title: 'Equity tick' },
)

export type TickMessage = Type.Static<typeof TickSchema>

/** One report of an account, parsed. */
export interface Tick {
  /** Balance plus unrealized profit and loss, in the account's currency. */
  readonly equity: Amount
  readonly balance: Amount | null
  readonly unrealizedPnl: Amount | null
  /** The bot's clock. Decides the time only for a trader set to event time. */
  readonly at: Instant | null
  /** The bot's own count, returned in the event as `tickSeq`. */
  readonly seq: number | null
}

/** The known fields of a tick; all others are the bot's own. */
const AMOUNT_FIELDS: ReadonlySet<string> = new Set(['equity', 'balance', 'unrealizedPnl'])

const checkTick = compileCheck<TickMessage>(TickSchema)

/** The size limit of a tick, the bot's own fields included: a guardian reads thousands of ticks a second. */
export const TICK_BYTES_MAX = 65_536

/** Reads a tick; a refusal names the field and what it must be. */
export const decodeTick = total(readTick)

function readTick(bytes: Uint8Array): Parsed<Tick> {
  if (bytes.length > TICK_BYTES_MAX) return refused(`has ${bytes.length} bytes; a tick may have ${TICK_BYTES_MAX}`)
  const json = parseJson(bytes)
  if (!json.ok) return json
  const exact = checkAmountDigits(json.value.text, AMOUNT_FIELDS)
  if (!exact.ok) return exact
  return tickFromMessage(json.value.value)
}

/** Reads a tick from a parsed JSON value (an HTTP body). */
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
    const read = parseInstant(message.at)
    if (!read.ok) return refused(`at ${read.reason}`)
    at = read.value
  }
  return parsed({
    equity: equity.value,
    balance: balance.value,
    unrealizedPnl: unrealizedPnl.value,
    at,
    // JSON has a -0, which is written as 0.
    seq: message.seq === undefined ? null : message.seq + 0,
  })
}

function optionalAmount(name: string, value: number | string | undefined): Parsed<Amount | null> {
  if (value === undefined) return parsed(null)
  const amount = parseAmount(value)
  return amount.ok ? amount : refused(`${name} ${amount.reason}`)
}

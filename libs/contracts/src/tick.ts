import { type Amount, describe } from './amount.ts'
import { type ClosedTrade, parseClosedTrades } from './closed-trades.ts'
import { type Instant, parseInstant } from './instant.ts'
import { parseJson } from './json.ts'
import { type Parsed, parsed, refused, total } from './parsed.ts'
import { hidesDigits, parseTickAmount } from './tick-amount.ts'
import { parseCurrency, parseRun, parseSeq } from './tick-fields.ts'

/** A field that a tick may lack, by its name on the wire. */
export type TickField = 'balance' | 'unrealizedPnl' | 'net_deposits' | 'currency' | 'at' | 'seq' | 'run' | 'closed'
/** What was wrong with fields that could not be read. */
export type TickFaults = { readonly [F in TickField]?: string }

/** One report of an account, parsed. A field that could not be read is in `faults`, and otherwise as if it were absent. */
export interface Tick {
  /** Balance plus unrealized profit and loss, in the account's currency. */
  readonly equity: Amount
  readonly balance: Amount | null
  readonly unrealizedPnl: Amount | null
  /** Deposits less withdrawals since the account began. */
  readonly netDeposits: Amount | null
  readonly currency: string | null
  /** The bot's clock. Decides the time only for a trader set to event time. */
  readonly at: Instant | null
  /** The bot's own count, returned in the event as `tickSeq`. */
  readonly seq: number | null
  /** Whose count it is: another run may count from the beginning. Null is a run as well. */
  readonly run: string | null
  readonly closed: readonly ClosedTrade[]
  /** Null: every field that is there could be read. */
  readonly faults: TickFaults | null
}

/** A tick of this equity alone, or with other fields. */
export function equityTick(equity: Amount, more: Partial<Omit<Tick, 'equity'>> = {}): Tick {
  return {
    equity,
    balance: null,
    unrealizedPnl: null,
    netDeposits: null,
    currency: null,
    at: null,
    seq: null,
    run: null,
    closed: NONE_CLOSED,
    faults: null,
    ...more,
  }
}

/** The size limit of a tick, the bot's own fields included: a guardian reads thousands of ticks a second. */
export const TICK_BYTES_MAX = 65_536

/** Reads a tick. It is refused only where its equity cannot be read; the reason says what it must be. */
export const decodeTick = total(readTick)

function readTick(bytes: Uint8Array): Parsed<Tick> {
  if (bytes.length > TICK_BYTES_MAX) return refused(`has ${bytes.length} bytes; a tick may have ${TICK_BYTES_MAX}`)
  const json = parseJson(bytes)
  if (!json.ok) return json
  const { text, value } = json.value
  return tickFromMessage(hidesDigits(text) ? JSON.parse(text, keepLiteral) : value)
}

/** The trades that a tick tells whose equity cannot be read. */
export function tradesOfUnreadable(bytes: Uint8Array): readonly ClosedTrade[] {
  const read = readTrades(bytes)
  return read.ok ? read.value : NONE_CLOSED
}

const readTrades = total((bytes: Uint8Array): Parsed<readonly ClosedTrade[]> => {
  if (bytes.length > TICK_BYTES_MAX) return parsed(NONE_CLOSED)
  const json = parseJson(bytes)
  if (!json.ok) return json
  const { text, value } = json.value
  const message = hidesDigits(text) ? JSON.parse(text, keepLiteral) : value
  const closed = (message as { readonly closed?: unknown } | null)?.closed
  return closed === undefined || closed === null ? parsed(NONE_CLOSED) : parseClosedTrades(closed)
})

const AMOUNT_FIELDS: ReadonlySet<string> = new Set(['equity', 'balance', 'unrealizedPnl', 'net_deposits', 'pnl'])

/** A reviver that gives the text of amounts. The fields of a bot's own are changed as well, and nobody reads them. */
function keepLiteral(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && AMOUNT_FIELDS.has(key) ? (context?.source ?? value) : value
}

/** Reads a tick from a value of the bot's own process. */
export function tickFromMessage(value: unknown): Parsed<Tick> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(`must be a JSON object, got ${describe(value)}`)
  }
  const message = value as { readonly [F in TickField | 'equity']?: unknown }
  if (message.equity === undefined) return refused('equity is missing')
  const equity = parseTickAmount(message.equity)
  if (!equity.ok) return refused(`equity ${equity.reason}`)
  const found: FaultsFound = { faults: null }
  return parsed({
    equity: equity.value,
    balance: optional('balance', message.balance, parseTickAmount, found),
    unrealizedPnl: optional('unrealizedPnl', message.unrealizedPnl, parseTickAmount, found),
    netDeposits: optional('net_deposits', message.net_deposits, parseTickAmount, found),
    currency: optional('currency', message.currency, parseCurrency, found),
    at: optional('at', message.at, parseInstant, found),
    seq: optional('seq', message.seq, parseSeq, found),
    run: optional('run', message.run, parseRun, found),
    closed: optional('closed', message.closed, parseClosedTrades, found) ?? NONE_CLOSED,
    faults: found.faults,
  })
}

/** Shared: hardly any tick has some. */
const NONE_CLOSED: readonly ClosedTrade[] = []

interface FaultsFound {
  faults: { [F in TickField]?: string } | null
}

function optional<T>(
  field: TickField,
  value: unknown,
  read: (value: unknown) => Parsed<T>,
  found: FaultsFound,
): T | null {
  if (value === undefined || value === null) return null
  const outcome = read(value)
  if (outcome.ok) return outcome.value
  found.faults ??= {}
  found.faults[field] = outcome.reason
  return null
}

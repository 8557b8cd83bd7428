import { type Amount, describe } from './amount.ts'
import { type Instant, parseInstant } from './instant.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { parseTickAmount } from './tick-amount.ts'
import { parseTradeId } from './tick-fields.ts'

/** A trade that was closed, as a bot reports it. */
export interface ClosedTrade {
  /** The bot's own name of it: a trade that is reported again is the same. */
  readonly id: string
  /** When it was closed; null: at the time of the tick. */
  readonly at: Instant | null
  /** What was won, negative for a loss. */
  readonly pnl: Amount
}

/** More in one tick are refused; they fit into several. */
export const CLOSED_TRADES_MAX = 100

/** Reads `closed`: all of it or nothing. A refusal does not name the field, only the place in it. */
export function parseClosedTrades(value: unknown): Parsed<readonly ClosedTrade[]> {
  if (!Array.isArray(value)) return refused(`must be a list of trades {id, at, pnl}, got ${describe(value)}`)
  if (value.length > CLOSED_TRADES_MAX) {
    return refused(`has ${value.length} trades: a tick may have ${CLOSED_TRADES_MAX}, send the others in the next one`)
  }
  const trades: ClosedTrade[] = []
  for (const [index, one] of value.entries()) {
    const trade = parseTrade(one)
    if (!trade.ok) return refused(`is wrong at trade ${index + 1}: ${trade.reason}`)
    trades.push(trade.value)
  }
  return parsed(trades)
}

function parseTrade(value: unknown): Parsed<ClosedTrade> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(`must be an object {id, at, pnl}, got ${describe(value)}`)
  }
  const { id, at, pnl } = value as Readonly<Record<string, unknown>>
  const readId = parseTradeId(id)
  if (!readId.ok) return refused(`id ${readId.reason}`)
  const readAt = at === undefined || at === null ? parsed(null) : parseInstant(at)
  if (!readAt.ok) return refused(`at ${readAt.reason}`)
  const readPnl = parseTickAmount(pnl)
  if (!readPnl.ok) return refused(`pnl ${readPnl.reason}`)
  return parsed({ id: readId.value, at: readAt.value, pnl: readPnl.value })
}

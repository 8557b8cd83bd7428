import {
  type Amount,
  formatInstant,
  type Instant,
  type Parsed,
  parseAmount,
  parsed,
  parseInstant,
  type Reading,
  type RiskEvent,
  refused,
} from '@drawbridge/contracts'
import { eventOfDetail, type StoredColumns, type StoredDetail, type StoredUndo } from './event-of-row.ts'

/** A row of the history, as far as it says which input came. Amounts are decimal strings, times milliseconds. */
export interface RecordedRow {
  readonly version: number
  readonly inputSeq: number
  readonly recordedAt: Instant
  readonly effectiveAt: Instant
  readonly tickSeq: number | null
  readonly equity: string | null
  readonly balance: string | null
  /** The bot's own time of the last usable reading; null: it had none. */
  readonly at: string | null
  /** Null: a tick came, was accepted and caused nothing. */
  readonly detail: StoredDetail | null
  readonly undo: StoredUndo | null
}

/** The reading of a row without a detail; a refusal says what is wrong with it. */
export function readingOfRow({ equity, balance, at }: RecordedRow): Parsed<Reading> {
  const readEquity = parseAmount(equity)
  const readBalance = balance === null ? parsed(null) : parseAmount(balance)
  const readAt = at === null ? parsed(null) : parseInstant(at)
  if (!readEquity.ok) return refused(`current_equity ${readEquity.reason}`)
  if (!readBalance.ok) return refused(`balance ${readBalance.reason}`)
  if (!readAt.ok) return refused(`undo.reading.at ${readAt.reason}`)
  const values: { readonly equity: Amount; readonly balance: Amount | null } = {
    equity: readEquity.value,
    balance: readBalance.value,
  }
  return parsed({ ...values, netDeposits: null, currency: null, at: readAt.value })
}

/** The event of a row with a detail, as far as it says which input came. */
export function eventToldBy(row: RecordedRow, trader: string, detail: StoredDetail): Parsed<RiskEvent> {
  if (row.undo === null) return eventOfDetail(columnsOf(row, trader), detail, null)
  // What a reading moved of limits says nothing of the reading.
  const { limitStates: _, ...undo } = row.undo
  return eventOfDetail(columnsOf(row, trader), detail, undo)
}

/** The columns that say which input came; the others are as if nothing was known. */
function columnsOf(row: RecordedRow, trader: string): StoredColumns {
  return {
    trader_id: trader,
    version: row.version,
    recorded_at: formatInstant(row.recordedAt),
    effective_at: formatInstant(row.effectiveAt),
    event_type: 'assessed',
    stream_seq: 1,
    input_seq: row.inputSeq,
    tick_seq: row.tickSeq,
    daily_pnl: null,
    drawdown_pct: null,
    current_equity: row.equity,
    peak_equity: row.equity,
    first_equity: row.equity,
    balance: row.balance,
    day_equity: row.equity,
    day_balance: row.balance,
    trading_paused: false,
    paused_until: null,
    last_reset_time: null,
    next_reset_at: null,
    config_version: 0,
    rules_version: RULES_TODAY,
    enforced: true,
    trace_id: null,
    reason: null,
    decision_code: null,
  }
}

/** Rows of older rules say less, in the same words. */
const RULES_TODAY = 6

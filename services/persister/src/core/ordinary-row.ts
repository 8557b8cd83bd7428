import type { RiskEventMessage } from '@drawbridge/contracts'
import type { HistoryRow } from './history-row.ts'

/** As guardians write decimals and times: what the database would read otherwise than we do is not taken from the text. */
const DECIMAL = /^-?\d{1,31}(?:\.\d{1,8})?$/
const UTC_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/**
 * The row of an event that only moved equity, as nearly all do, straight from its words on the wire: the same as
 * {@link historyRow} makes of it, in half of the time, as no amount and no time is worked out and written again. Null: it
 * tells more than that, or is written in another way.
 */
export function ordinaryRow(event: RiskEventMessage, streamSeq: number, traceId: string | null): HistoryRow | null {
  const { state } = event
  if (event.facts.length > 0 || state.pause !== null) return null
  const row: HistoryRow = {
    trader_id: event.trader,
    version: event.version,
    recorded_at: event.recordedAt,
    effective_at: event.effectiveAt,
    event_type: event.type,
    stream_seq: streamSeq,
    input_seq: event.inputSeq,
    tick_seq: event.tickSeq,
    daily_pnl: event.dailyPnl,
    drawdown_pct: event.drawdownPct,
    current_equity: state.equity,
    peak_equity: state.peakEquity,
    first_equity: state.firstEquity,
    balance: state.balance,
    day_equity: state.dayEquity,
    day_balance: state.dayBalance,
    trading_paused: false,
    paused_until: null,
    last_reset_time: state.dayStartedAt,
    next_reset_at: state.nextResetAt,
    config_version: event.configVersion,
    rules_version: event.rulesVersion,
    enforced: true,
    trace_id: traceId,
    reason: null,
    detail: null,
  }
  return isAsWritten(row) ? row : null
}

function isAsWritten(row: HistoryRow): boolean {
  return (
    UTC_INSTANT.test(row.recorded_at) &&
    UTC_INSTANT.test(row.effective_at) &&
    isInstant(row.last_reset_time) &&
    isInstant(row.next_reset_at) &&
    isDecimal(row.daily_pnl) &&
    isDecimal(row.drawdown_pct) &&
    isDecimal(row.current_equity) &&
    isDecimal(row.peak_equity) &&
    isDecimal(row.first_equity) &&
    isDecimal(row.balance) &&
    isDecimal(row.day_equity) &&
    isDecimal(row.day_balance)
  )
}

function isInstant(text: string | null): boolean {
  return text === null || UTC_INSTANT.test(text)
}

function isDecimal(text: string | null): boolean {
  return text === null || DECIMAL.test(text)
}

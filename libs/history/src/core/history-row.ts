import { type RiskEvent, type RiskEventMessage, riskEventToMessage } from '@drawbridge/contracts'
import { HISTORY, type HistoryRow } from '../tables.ts'

/** The row of an event that stands at a place in RISK. */
export function historyRow(event: RiskEvent, streamSeq: number, traceId: string | null): HistoryRow {
  return rowOfMessage(riskEventToMessage(event), streamSeq, traceId)
}

/**
 * The row of an event that only moved equity, as nearly all do, directly from its text on the wire. The same row as that of
 * {@link historyRow}, in half of the time, because no amount and no time is parsed and written again. Null: the event says
 * more than that, or is written in another way.
 */
export function ordinaryRow(event: RiskEventMessage, streamSeq: number, traceId: string | null): HistoryRow | null {
  if (event.facts.length > 0 || event.state.pause !== null) return null
  const row = rowOfMessage(event, streamSeq, traceId)
  return isAsGuardiansWrite(row) ? row : null
}

/** The words of an event, by column. */
function rowOfMessage(event: RiskEventMessage, streamSeq: number, traceId: string | null): HistoryRow {
  const { state } = event
  return {
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
    trading_paused: state.pause !== null,
    paused_until: state.pause?.until ?? null,
    last_reset_time: state.dayStartedAt,
    next_reset_at: state.nextResetAt,
    config_version: event.configVersion,
    rules_version: event.rulesVersion,
    enforced: !factsOf(event).some((fact) => fact.kind === 'breached' && fact.enforced === false),
    trace_id: traceId,
    reason: reasonOf(event),
    detail: detailOf(event),
  }
}

/** What a row looks for in a fact. */
interface FactWords {
  readonly kind: string
  readonly enforced?: boolean
  readonly reason?: string | null
}

function factsOf(event: RiskEventMessage): readonly FactWords[] {
  return event.facts
}

/** Why a tick was rejected; else why trading is paused; else the words given with what happened, if any. */
function reasonOf(event: RiskEventMessage): string | null {
  const facts = factsOf(event)
  const rejected = facts.find(({ kind }) => kind === 'tick-rejected')
  if (rejected !== undefined) return rejected.reason ?? null
  if (event.state.pause !== null) return event.decision.reason
  return facts.find(({ reason = null }) => reason !== null)?.reason ?? null
}

/** What happened and the rest of the state, in the words of the wire; nothing for an event that only moved equity. */
function detailOf(event: RiskEventMessage): string | null {
  const { facts, state } = event
  if (facts.length === 0 && isSequenceTold(event)) return null
  const { firstInputSeq, time, clock, pause, unenforced, warned, lastTickAt, staleSince, limits, pendingLimits } = state
  const rest = { firstInputSeq, time, clock, pause, unenforced, warned, lastTickAt, staleSince, limits, pendingLimits }
  const { sequence, currency } = state
  return JSON.stringify({ facts, ...rest, sequence, currency })
}

/** Rules before this version keep no sequence of ticks. */
export const RULES_WITH_SEQUENCE = 6

/** Whether the column `tick_seq` says up to where the bot has counted; its run is in the last row that has a detail. */
function isSequenceTold({ rulesVersion, tickSeq, state: { sequence } }: RiskEventMessage): boolean {
  return rulesVersion < RULES_WITH_SEQUENCE || (sequence?.seq ?? null) === tickSeq
}

/** By type of column: text that the database might read differently is not taken over. */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  numeric: /^-?\d{1,31}(?:\.\d{1,8})?$/,
  'timestamp with time zone': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
}
const WRITTEN_COLUMNS = Object.entries(HISTORY.columns).flatMap(([name, type]) => {
  const written = WRITTEN[type]
  return written === undefined ? [] : { name: name as keyof HistoryRow, written }
})

function isAsGuardiansWrite(row: HistoryRow): boolean {
  for (const { name, written } of WRITTEN_COLUMNS) {
    const text = row[name]
    if (text !== null && !written.test(text as string)) return false
  }
  return true
}

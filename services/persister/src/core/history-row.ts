import {
  type Amount,
  formatAmount,
  formatInstant,
  type Instant,
  measuresOf,
  pauseReason,
  type RiskEvent,
  riskEventToMessage,
} from '@drawbridge/contracts'

/** One event as the tables keep it, by column. Amounts are decimal strings, times RFC 3339 in UTC. */
export interface HistoryRow {
  readonly trader_id: string
  readonly version: number
  readonly recorded_at: string
  readonly effective_at: string
  readonly event_type: string
  readonly stream_seq: number
  readonly input_seq: number
  readonly tick_seq: number | null
  readonly daily_pnl: string | null
  readonly drawdown_pct: string | null
  readonly current_equity: string | null
  readonly peak_equity: string | null
  readonly first_equity: string | null
  readonly balance: string | null
  readonly day_equity: string | null
  readonly day_balance: string | null
  readonly trading_paused: boolean
  readonly paused_until: string | null
  readonly last_reset_time: string | null
  readonly next_reset_at: string | null
  readonly config_version: number
  readonly rules_version: number
  readonly enforced: boolean
  readonly trace_id: string | null
  readonly reason: string | null
  /** JSON. */
  readonly detail: string | null
}

/** The row of an event that stands at a place in RISK. */
export function historyRow(event: RiskEvent, streamSeq: number, traceId: string | null): HistoryRow {
  const { state } = event
  const { dailyPnl, drawdownPct } = measuresOf(state)
  return {
    trader_id: event.trader,
    version: state.version,
    recorded_at: formatInstant(event.recordedAt),
    effective_at: formatInstant(event.effectiveAt),
    event_type: event.type,
    stream_seq: streamSeq,
    input_seq: state.inputSeq,
    tick_seq: event.tickSeq,
    daily_pnl: amount(dailyPnl),
    drawdown_pct: amount(drawdownPct),
    current_equity: amount(state.equity),
    peak_equity: amount(state.peakEquity),
    first_equity: amount(state.firstEquity),
    balance: amount(state.balance),
    day_equity: amount(state.dayEquity),
    day_balance: amount(state.dayBalance),
    trading_paused: state.pause !== null,
    paused_until: time(state.pause?.until ?? null),
    last_reset_time: time(state.dayStartedAt),
    next_reset_at: time(state.nextResetAt),
    config_version: event.configVersion,
    rules_version: event.rulesVersion,
    enforced: !event.facts.some((fact) => fact.kind === 'breached' && !fact.enforced),
    trace_id: traceId,
    reason: reasonOf(event),
    detail: detailOf(event),
  }
}

/** Why a tick was rejected; else why trading is paused; else the words given with what happened, if any. */
function reasonOf(event: RiskEvent): string | null {
  for (const fact of event.facts) if (fact.kind === 'tick-rejected') return fact.reason
  if (event.state.pause !== null) return pauseReason(event.state.pause)
  for (const fact of event.facts) if ('reason' in fact && fact.reason !== null) return fact.reason
  return null
}

/** What happened and the rest of the state, in the words of the wire; nothing for an event that only moved equity. */
function detailOf(event: RiskEvent): string | null {
  if (event.facts.length === 0) return null
  const { facts, state } = riskEventToMessage(event)
  const { firstInputSeq, time, clock, pause, unenforced, warned, lastTickAt, staleSince, limits, pendingLimits } = state
  const rest = { firstInputSeq, time, clock, pause, unenforced, warned, lastTickAt, staleSince, limits, pendingLimits }
  return JSON.stringify({ facts, ...rest })
}

function amount(value: Amount | null): string | null {
  return value === null ? null : formatAmount(value)
}

function time(value: Instant | null): string | null {
  return value === null ? null : formatInstant(value)
}

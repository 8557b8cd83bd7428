import { type RiskEvent, type RiskEventMessage, RULES_OF_LINES, riskEventToMessage } from '@drawbridge/contracts'
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
  if (event.facts.length > 0 || (event.state.pause ?? null) !== null) return null
  const row = rowOfMessage(event, streamSeq, traceId)
  if (row.detail !== null || !isAsGuardiansWrite(row)) return null
  const { limitStates = [], undo } = event.state
  return areAsGuardiansWrite(limitStates) && isUndoAsGuardiansWrite(undo) ? row : null
}

/** The words of an event, by column. */
function rowOfMessage(event: RiskEventMessage, streamSeq: number, traceId: string | null): HistoryRow {
  const { state, decision } = event
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
    trading_paused: decision.status === 'paused',
    paused_until: decision.until,
    last_reset_time: state.dayStartedAt,
    next_reset_at: state.nextResetAt,
    config_version: event.configVersion,
    rules_version: event.rulesVersion,
    enforced: !factsOf(event).some((fact) => fact.kind === 'breached' && fact.enforced === false),
    trace_id: traceId,
    reason: reasonOf(event),
    detail: detailOf(event),
    limit_states: jsonOf(state.limitStates),
    undo: jsonOf(state.undo),
    decision_code: decision.code ?? null,
  }
}

function jsonOf(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
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

/** Why a tick was rejected; else why entries are blocked; else the words given with what happened, if any. */
function reasonOf(event: RiskEventMessage): string | null {
  const facts = factsOf(event)
  const rejected = facts.find(({ kind }) => kind === 'tick-rejected')
  if (rejected !== undefined) return rejected.reason ?? null
  if (event.decision.reason !== null) return event.decision.reason
  return facts.find(({ reason = null }) => reason !== null)?.reason ?? null
}

/** What happened and the rest of the state, in the words of the wire; nothing for an event that only moved equity. */
function detailOf(event: RiskEventMessage): string | null {
  const { facts, budget, state } = event
  if (facts.length === 0 && isToldElsewhere(event)) return null
  const { firstEquity, equity, balance, peakEquity, dayStartedAt, nextResetAt, dayEquity, dayBalance, ...rest } = state
  const { limitStates, undo, ...detail } = rest
  return JSON.stringify({ facts, budget, ...detail })
}

type StateField = keyof RiskEventMessage['state']

/**
 * What a row without a detail says of a state: by its columns; by the last row that has a detail, where no tick changes
 * it without a fact; or by the rules, which work it out. A state with any other field has a detail.
 */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  ...(['firstEquity', 'equity', 'balance', 'peakEquity', 'dayStartedAt', 'nextResetAt'] satisfies StateField[]),
  ...(['dayEquity', 'dayBalance', 'limitStates', 'undo'] satisfies StateField[]),
  ...([
    'firstInputSeq',
    'pause',
    'staleSince',
    'opensAt',
    'limits',
    'pendingLimits',
    'currency',
  ] satisfies StateField[]),
  ...(['flows', 'period'] satisfies StateField[]),
  ...(['time', 'clock', 'enforced', 'unenforced', 'warned', 'lastTickAt', 'sequence'] satisfies StateField[]),
  ...(['limitsKey', 'days'] satisfies StateField[]),
])

function isToldElsewhere({ rulesVersion, tickSeq, state }: RiskEventMessage): boolean {
  for (const name in state) if (!TOLD_ELSEWHERE.has(name)) return false
  if (rulesVersion < RULES_OF_LINES) return true
  // The column tick_seq says up to where the bot has counted; its run is in the last row that has a detail.
  // Limits near their lines say so themselves, unless the event says otherwise.
  return (state.sequence === undefined || state.sequence?.seq === tickSeq) && state.warned === undefined
}

/** By type of column: text that the database might read differently is not taken over. */
const WRITTEN_AMOUNT = /^-?\d{1,31}(?:\.\d{1,8})?$/
const WRITTEN_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const WRITTEN: Readonly<Record<string, RegExp>> = {
  numeric: WRITTEN_AMOUNT,
  'timestamp with time zone': WRITTEN_TIME,
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

type LimitStates = NonNullable<RiskEventMessage['state']['limitStates']>

/** Without lists of the fields, as each row would make some. */
function areAsGuardiansWrite(states: LimitStates): boolean {
  for (const one of states) {
    if (!isAmount(one.reference) || !isAmount(one.line) || !isAmount(one.room) || !isAmount(one.percent)) return false
    if (!isAmount(one.base) || !isAmount(one.blocksAt) || !isAmount(one.firstTierAt)) return false
    if (!isAmount(one.startEquity) || !isAmount(one.startBalance) || !isAmount(one.initial)) return false
    if (!isAmount(one.warnedPct) || one.tierLines?.every(isAmount) === false) return false
  }
  return true
}

function isUndoAsGuardiansWrite(undo: RiskEventMessage['state']['undo']): boolean {
  if (undo === undefined) return true
  const { reading, equity, balance, peakEquity, dayEquity, dayBalance, pending, netDeposits, nonZero, days } = undo
  if (pending !== undefined || netDeposits !== undefined) return false
  if (!isAmount(nonZero?.equity) || !isAmount(nonZero?.balance)) return false
  if (!isAmount(days?.best) || !isAmount(days?.sum)) return false
  if (!isAmount(equity) || !isAmount(balance) || !isAmount(peakEquity)) return false
  if (!isAmount(dayEquity) || !isAmount(dayBalance)) return false
  if (reading !== undefined) {
    const { at, netDeposits: told } = reading
    if (!isAmount(reading.equity) || !isAmount(reading.balance) || told !== undefined) return false
    if (at !== undefined && !WRITTEN_TIME.test(at)) return false
  }
  return (undo.limitStates ?? []).every(({ reference, startEquity, startBalance, initial }) =>
    [reference, startEquity, startBalance, initial].every(isAmount),
  )
}

function isAmount(text: string | null | undefined): boolean {
  return text === null || text === undefined || WRITTEN_AMOUNT.test(text)
}

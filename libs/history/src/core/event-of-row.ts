import {
  decodeRiskEvent,
  EVENT_SCHEMA,
  equityTick,
  FactSchema,
  type Parsed,
  parsed,
  type RiskEvent,
  type RiskEventMessage,
  RULES_OF_LINES,
  refused,
  type TraderState,
  toJsonBytes,
} from '@drawbridge/contracts'
import { budgetOf, type Configuration, decide, limitsOf } from '@drawbridge/risk-engine'
import type { HistoryRow } from '../tables.ts'
import { historyRow } from './history-row.ts'

type StateMessage = RiskEventMessage['state']

/** What the column `detail` holds, in the words of the wire. Rows of older persisters lack `firstInputSeq` and `time`. */
export interface StoredDetail
  extends Pick<RiskEventMessage, 'facts' | 'budget'>,
    Omit<StateMessage, keyof ColumnState | 'limitStates' | 'undo' | 'firstInputSeq' | 'time'> {
  readonly firstInputSeq?: number
  readonly time?: string | null
}

/** What the column `limit_states` holds. */
export type StoredLimitStates = NonNullable<StateMessage['limitStates']>

/** What the column `undo` holds. */
export type StoredUndo = NonNullable<StateMessage['undo']>

/** A row without its documents. */
export type StoredColumns = Omit<HistoryRow, 'detail' | 'limit_states' | 'undo'>

/** The newest row of a trader, with what else of its history says what its state is. */
export interface NewestRow {
  readonly row: StoredColumns
  readonly detail: StoredDetail | null
  readonly limitStates: StoredLimitStates | null
  readonly undo: StoredUndo | null
  /** The detail of the newest row that has one, where this one has none; null: there is no such row. */
  readonly detailBefore: StoredDetail | null
  /** Input sequence of the trader's first row; null: it is not there any more. */
  readonly firstInputSeq: number | null
}

/**
 * The event that a row was made from, byte for byte: `historyRow`, undone. A row without `detail` is of a tick that was
 * accepted and caused nothing: what no column carries stayed as it was, but for what the rules work out at each tick.
 * @param configuration the one that the row's `config_version` names
 * @returns a refusal where no such event says what the row says
 */
export function eventOfRow(newest: NewestRow, configuration: Configuration): Parsed<RiskEvent> {
  const { row, detail, detailBefore } = newest
  if (detail !== null) return checked(newest, read(messageOf(newest, detailStateOf(newest, detail))))
  const ordinary = (pause: StateMessage['pause']) => {
    const event = read(messageOf(newest, ordinaryStateOf(newest, pause)))
    return checked(newest, event.ok ? parsed(withWorkedOut(event.value, configuration)) : event)
  }
  const event = ordinary(pauseOf(row, detailBefore, configuration.enforcement))
  return event.ok || !row.trading_paused ? event : ordinary(heldByOperator(row))
}

/** What a row with a detail says of its event, as far as its documents say it; columns are not compared. */
export function eventOfDetail(row: StoredColumns, detail: StoredDetail, undo: StoredUndo | null): Parsed<RiskEvent> {
  const newest = { row, detail, limitStates: null, undo, detailBefore: null, firstInputSeq: null }
  return read(messageOf(newest, detailStateOf(newest, detail)))
}

function read(message: RiskEventMessage): Parsed<RiskEvent> {
  return decodeRiskEvent(toJsonBytes(message))
}

/** Refuses an event whose row is another one. */
function checked({ row }: NewestRow, event: Parsed<RiskEvent>): Parsed<RiskEvent> {
  if (!event.ok) return event
  const difference = differenceOf(event.value, row)
  return difference === null ? event : refused(difference)
}

function messageOf(newest: NewestRow, state: DocumentState): RiskEventMessage {
  const { row, detail, limitStates, undo } = newest
  const { facts = [], budget } = detail ?? {}
  return {
    schema: EVENT_SCHEMA,
    type: row.event_type as RiskEventMessage['type'],
    trader: row.trader_id,
    version: row.version,
    inputSeq: row.input_seq,
    recordedAt: row.recorded_at,
    effectiveAt: row.effective_at,
    rulesVersion: row.rules_version,
    configVersion: row.config_version,
    tickSeq: row.tick_seq,
    decision: { status: row.trading_paused ? 'paused' : 'allowed', until: row.paused_until, reason: row.reason },
    dailyPnl: row.daily_pnl,
    drawdownPct: row.drawdown_pct,
    ...(budget === undefined ? {} : { budget }),
    facts: facts.map(inWireOrder),
    state: {
      ...columnStateOf(row),
      ...(limitStates === null ? {} : { limitStates }),
      ...(undo === null ? {} : { undo }),
      ...state,
    },
  }
}

type DocumentState = Omit<StateMessage, keyof ColumnState | 'limitStates' | 'undo'>

function detailStateOf({ row, firstInputSeq }: NewestRow, detail: StoredDetail): DocumentState {
  const { facts: _facts, budget: _budget, ...state } = detail
  return { ...state, firstInputSeq: detail.firstInputSeq ?? firstInputSeq ?? 0, time: timeOf(row, detail) }
}

/** What stayed as it was; what the rules work out follows later. */
function ordinaryStateOf({ row, detailBefore, firstInputSeq }: NewestRow, pause: StateMessage['pause']): DocumentState {
  const { currency, flows, period, opensAt } = detailBefore ?? {}
  return {
    firstInputSeq: detailBefore?.firstInputSeq ?? firstInputSeq ?? 0,
    time: row.effective_at,
    clock: '',
    ...(pause === undefined ? {} : { pause }),
    unenforced: detailBefore?.unenforced ?? [],
    ...warnedOf(row, detailBefore),
    lastTickAt: detailBefore?.lastTickAt ?? null,
    staleSince: detailBefore?.staleSince ?? null,
    limits: detailBefore?.limits ?? null,
    pendingLimits: detailBefore?.pendingLimits ?? [],
    ...(opensAt === undefined ? {} : { opensAt }),
    ...sequenceOf(row, detailBefore),
    ...(currency === undefined ? {} : { currency }),
    ...(flows === undefined ? {} : { flows }),
    ...(period === undefined ? {} : { period }),
    ...daysOf(row, detailBefore),
  }
}

/** The tick was the next one of the run before, or neither was counted. */
function sequenceOf(
  { tick_seq: seq, rules_version: rules }: StoredColumns,
  before: StoredDetail | null,
): Pick<StateMessage, 'sequence'> {
  if (seq === null || rules < RULES_OF_LINES) return {}
  const { run = null, earlier = [] } = before?.sequence ?? {}
  return { sequence: { run, seq, earlier } }
}

/** The limits that are near their lines say so themselves, but in rows of older rules. */
function warnedOf({ rules_version: rules }: StoredColumns, before: StoredDetail | null): Pick<StateMessage, 'warned'> {
  return rules < RULES_OF_LINES ? { warned: before?.warned ?? [] } : {}
}

/** The tick's day is among those that count. */
function daysOf({ rules_version: rules }: StoredColumns, before: StoredDetail | null): Pick<StateMessage, 'days'> {
  if (rules < RULES_OF_LINES) return {}
  const { isCounted = true, count, ...results } = before?.days ?? { count: 0, isCounted: false }
  return { days: { ...results, count: isCounted ? count : count + 1 } }
}

type ColumnState = ReturnType<typeof columnStateOf>

function columnStateOf(row: StoredColumns) {
  return {
    firstEquity: row.first_equity,
    equity: row.current_equity,
    balance: row.balance,
    peakEquity: row.peak_equity,
    dayStartedAt: row.last_reset_time,
    nextResetAt: row.next_reset_at,
    dayEquity: row.day_equity,
    dayBalance: row.day_balance,
  }
}

/** Where an older persister has not kept it: at or after the trader's time, by a rejected tick. */
function timeOf(row: StoredColumns, { time, clock }: StoredDetail): string | null {
  if (time !== undefined) return time
  return clock === '' ? null : row.effective_at
}

/** While enforcement is off, limits may hold a pause that is not applied. */
function pauseOf(row: StoredColumns, before: StoredDetail | null, enforcement: boolean): StateMessage['pause'] {
  const isKept = row.rules_version >= RULES_OF_LINES && !enforcement
  return row.trading_paused || isKept ? (before?.pause ?? null) : null
}

/** Where the row that says who holds the pause is gone, an operator holds it until the same time: no gate opens by that. */
function heldByOperator({ effective_at: at, paused_until: until, reason }: StoredColumns): StateMessage['pause'] {
  return { since: at, until, holds: [{ holder: 'operator', at, until, reason: reason ?? 'paused' }] }
}

/** Version 1 gave no warnings and did not keep when a tick was heard last. */
const RULES_THAT_WARN = 2

/** What follows from the settings and the lines, and what broke or nearly did and has not recovered: as after any such tick. */
function withWorkedOut(event: RiskEvent, configuration: Configuration): RiskEvent {
  const { trader, recordedAt, rulesVersion } = event
  const { equity, balance, inputSeq, time, limitStates } = event.state
  const limits = limitsOf(configuration, trader, event.state.limits, recordedAt)
  const hasLines = rulesVersion >= RULES_OF_LINES
  const enforced = hasLines ? configuration.enforcement : true
  const limitsKey = hasLines ? limits.key : ''
  const state: TraderState = { ...event.state, clock: limits.clock, enforced, limitsKey }
  const known = { ...event, budget: hasLines ? budgetOf(state, limits) : null, state }
  if (equity === null) return known
  const tick = equityTick(equity, { balance, at: time })
  const next = (from: TraderState) => {
    const decision = decide(trader, from, configuration, { kind: 'tick', seq: inputSeq, time: recordedAt, tick })
    return decision.kind === 'event' ? decision.event.state : null
  }
  // Older rows know no lines: what had broken before the tick is judged by those that the account has now.
  const lines = hasLines ? limitStates : next(state)?.limitStates
  const after = lines === undefined ? null : next({ ...state, limitStates: lines })
  if (after === null) return known
  const { unenforced, lastTickAt } = after
  const warned = hasLines
    ? limitStates.filter(({ warnedPct }) => warnedPct !== null).map(({ name }) => name)
    : after.warned
  const ofToday = rulesVersion < RULES_THAT_WARN ? {} : { warned, lastTickAt }
  return { ...known, state: { ...state, unenforced, ...ofToday } }
}

/** The fields of each kind of fact in the order in which they cross the wire; jsonb keeps none. */
const FACT_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  FactSchema.anyOf.map(({ properties }) => [properties.kind.const, Object.keys(properties)]),
)

function inWireOrder<Fact extends { readonly kind: string }>(fact: Fact): Fact {
  const fields = FACT_FIELDS.get(fact.kind) ?? []
  const place = ([name]: [string, unknown]) => fields.indexOf(name)
  return Object.fromEntries(Object.entries(fact).sort((a, b) => place(a) - place(b))) as Fact
}

/** The first column in which the row of an event is another one; null: there is none. */
function differenceOf(event: RiskEvent, row: StoredColumns): string | null {
  const own = historyRow(event, row.stream_seq, row.trace_id)
  for (const name of Object.keys(row) as (keyof StoredColumns)[]) {
    // An operator stands for the limits that hold, where nobody knows them any more.
    if (name === 'decision_code' && own.trading_paused && row.trading_paused) continue
    if (own[name] !== row[name]) return `${name} is ${row[name]}, and would be ${own[name]} of what else the row says`
  }
  return null
}

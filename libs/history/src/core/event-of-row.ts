import {
  decodeRiskEvent,
  EVENT_SCHEMA,
  equityTick,
  FactSchema,
  type Parsed,
  parsed,
  type RiskEvent,
  type RiskEventMessage,
  refused,
  type TraderState,
  toJsonBytes,
} from '@drawbridge/contracts'
import { type Configuration, decide, limitsOf } from '@drawbridge/risk-engine'
import type { HistoryRow } from '../tables.ts'
import { historyRow, RULES_WITH_SEQUENCE } from './history-row.ts'

type StateMessage = RiskEventMessage['state']

/** What the column `detail` holds, in the words of the wire. Rows of older persisters lack `firstInputSeq` and `time`. */
export interface StoredDetail extends Omit<StateMessage, keyof ColumnState | 'firstInputSeq' | 'time'> {
  readonly facts: RiskEventMessage['facts']
  readonly firstInputSeq?: number
  readonly time?: string | null
}

/** A row without its `detail`. */
export type StoredColumns = Omit<HistoryRow, 'detail'>

/** The newest row of a trader, with what else of its history says what its state is. */
export interface NewestRow {
  readonly row: StoredColumns
  readonly detail: StoredDetail | null
  /** The document of the newest row that has one, where this one has none; null: there is no such row. */
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
  const read = decodeRiskEvent(toJsonBytes(messageOf(newest)))
  if (!read.ok) return read
  const event = newest.detail === null ? withWorkedOut(read.value, configuration) : read.value
  const difference = differenceOf(event, newest.row)
  return difference === null ? parsed(event) : refused(difference)
}

function messageOf({ row, detail, detailBefore, firstInputSeq }: NewestRow): RiskEventMessage {
  const known = detail ?? detailBefore
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
    facts: (detail?.facts ?? []).map(inWireOrder),
    state: {
      ...columnStateOf(row),
      firstInputSeq: known?.firstInputSeq ?? firstInputSeq ?? 0,
      time: detail === null ? row.effective_at : timeOf(row, detail),
      clock: detail?.clock ?? '',
      pause: detail === null ? pauseOf(row, detailBefore) : detail.pause,
      unenforced: known?.unenforced ?? [],
      warned: known?.warned ?? [],
      lastTickAt: known?.lastTickAt ?? null,
      staleSince: known?.staleSince ?? null,
      limits: known?.limits ?? null,
      pendingLimits: known?.pendingLimits ?? [],
      ...sequenceOf(row, detail, detailBefore),
      ...(known?.currency === undefined ? {} : { currency: known.currency }),
    },
  }
}

/** Where a row has no detail, its tick was the next one of the run before, or neither was counted. */
function sequenceOf(
  { tick_seq: seq, rules_version: rules }: StoredColumns,
  detail: StoredDetail | null,
  before: StoredDetail | null,
): Pick<StateMessage, 'sequence'> {
  if (detail !== null) return detail.sequence === undefined ? {} : { sequence: detail.sequence }
  if (seq === null || rules < RULES_WITH_SEQUENCE) return {}
  const { run = null, earlier = [] } = before?.sequence ?? {}
  return { sequence: { run, seq, earlier } }
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

/** Where the row that says who holds the pause is gone, an operator holds it until the same time: no gate opens by that. */
function pauseOf(row: StoredColumns, before: StoredDetail | null): StateMessage['pause'] {
  if (!row.trading_paused) return null
  const pause = before?.pause ?? null
  if (pause !== null && pause.until === row.paused_until) return pause
  const [since, until, reason] = [row.effective_at, row.paused_until, row.reason ?? 'paused']
  return { since, until, holds: [{ holder: 'operator', at: since, until, reason }] }
}

/** Version 1 gave no warnings and did not keep when a tick was heard last. */
const RULES_THAT_WARN = 2

/** The clock, and what broke or nearly did and has not recovered, are the same as after any tick of that equity. */
function withWorkedOut(event: RiskEvent, configuration: Configuration): RiskEvent {
  const { trader, recordedAt, rulesVersion } = event
  const { equity, inputSeq, time } = event.state
  const { clock } = limitsOf(configuration, trader, event.state.limits, recordedAt)
  const state: TraderState = { ...event.state, clock }
  if (equity === null) return { ...event, state }
  const tick = equityTick(equity, { at: time })
  const again = decide(trader, state, configuration, { kind: 'tick', seq: inputSeq, time: recordedAt, tick })
  if (again.kind !== 'event') return { ...event, state }
  const { unenforced, warned, lastTickAt } = again.event.state
  const ofToday = rulesVersion < RULES_THAT_WARN ? {} : { warned, lastTickAt }
  return { ...event, state: { ...state, unenforced, ...ofToday } }
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
    if (own[name] !== row[name]) return `${name} is ${row[name]}, and would be ${own[name]} of what else the row says`
  }
  return null
}

import type { TraderId, TraderState } from '@drawbridge/contracts'
import type { Configuration } from '@drawbridge/risk-engine'
import {
  eventOfRow,
  type StoredColumns,
  type StoredDetail,
  type StoredLimitStates,
  type StoredUndo,
} from '../core/event-of-row.ts'
import { HISTORY, type HistoryRow } from '../tables.ts'
import type { Select } from './history-reader.ts'

/** The last event of a trader that the history does not hold any more, as its row says it. */
export interface CutRow {
  readonly columns: StoredColumns
  readonly detail: StoredDetail | null
  readonly limitStates: StoredLimitStates | null
  readonly undo: StoredUndo | null
  /** The detail of the first event after it that has one. */
  readonly detailAfter: StoredDetail | null
}

const DOCUMENTS: readonly string[] = ['detail', 'limit_states', 'undo']
const columns = Object.entries(HISTORY.columns)
  .filter(([name]) => !DOCUMENTS.includes(name))
  .map(([name, type]) => {
    if (type === 'bigint') return `${name}::float8 AS ${name}`
    if (type !== 'timestamp with time zone') return name
    return `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${name}`
  })

const CUT = `
  SELECT ${columns.join(', ')}, detail, limit_states, undo, (
    SELECT history.detail FROM risk_state_history AS history
    WHERE history.trader_id = $1 AND history.version > $2 AND history.detail IS NOT NULL ORDER BY history.version LIMIT 1
  ) AS detail_after
  FROM risk_state_at_cut WHERE trader_id = $1 AND version = $2`

type Row = Readonly<Omit<HistoryRow, 'detail' | 'limit_states' | 'undo'>> & {
  readonly detail: StoredDetail | null
  readonly limit_states: StoredLimitStates | null
  readonly undo: StoredUndo | null
  readonly detail_after: StoredDetail | null
}

/** @param version of the event before the first that the history holds. @returns null: that event is not known */
export async function readCutRow(select: Select, trader: TraderId, version: number): Promise<CutRow | null> {
  const [row] = await select<Row>(CUT, [trader, version])
  if (row === undefined) return null
  const { detail, limit_states, undo, detail_after, ...rest } = row
  return { columns: rest, detail, limitStates: limit_states, undo, detailAfter: detail_after }
}

/**
 * The state after that event. Of an event that only moved equity, the columns say most of it; what else an operator had set is that of
 * the next event that says so.
 * @param configuration that was in force
 * @returns null: nobody knows it
 */
export function stateAtCut(row: CutRow, configuration: Configuration): TraderState | null {
  const { columns: stored, detail, limitStates, undo, detailAfter } = row
  const newest = { row: stored, detail, limitStates, undo, detailBefore: lasting(detailAfter), firstInputSeq: null }
  const event = eventOfRow(newest, configuration)
  return event.ok ? event.value.state : null
}

/** Facts before which something else that lasts had another value. */
const CHANGING: ReadonlySet<string> = new Set(['limits-changed', 'restarted'])

/** What lasts from event to event, of a later one; null: it has changed since, or is not known. */
function lasting(after: StoredDetail | null): StoredDetail | null {
  if (after === null || after.facts.some(({ kind }) => CHANGING.has(kind))) return null
  const { pause: _pause, ...rest } = after
  return { ...rest, facts: [], pause: null, pendingLimits: [], lastTickAt: null, unenforced: [] }
}

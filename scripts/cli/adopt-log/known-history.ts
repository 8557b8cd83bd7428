import { type Instant, type RiskEvent, RULES_OF_LINES, type TraderId } from '@drawbridge/contracts'
import { HISTORY, type HistoryRow } from '@drawbridge/history'
import {
  eventOfRow,
  type NewestRow,
  type StoredColumns,
  type StoredDetail,
  type StoredLimitStates,
  type StoredUndo,
} from '@drawbridge/history/event-of-row'
import type { Configuration } from '@drawbridge/risk-engine'
import type { ClientBase } from 'pg'
import type { KnownConfigurations } from './known-configurations.ts'

/** An input whose event the history has. */
export interface KnownInput {
  readonly inputSeq: number
  /** Its JetStream timestamp. */
  readonly recordedAt: Instant
}

/** The last input of a trader that the history knows. */
export interface KnownTrader {
  readonly inputSeq: number
  /** Whether a change of enforcement may concern it: trading is paused, or is not although a limit would hold it. */
  readonly isPaused: boolean
}

/** The decisions that the tables know. */
export interface Decided {
  readonly traders: ReadonlyMap<TraderId, KnownTrader>
  /** The newest input that made an event; null: none did. */
  readonly newest: KnownInput | null
}

const PAGE = 1_000
const UTC = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
/** A row without a document is followed by one with a document within a trading day, at the latest by that of the next day. */
const DETAIL_IS_NEAR = `INTERVAL '3 days'`

/** Since rules 6, holds of limits are kept while enforcement is off. */
const IS_NOT_ENFORCED = `rules_version >= ${RULES_OF_LINES} AND NOT coalesce((
  SELECT (flags.detail ->> 'enable_risk_enforcement')::boolean FROM risk_config_history AS flags
  WHERE flags.kind = 'flags' AND flags.input_seq <= state.input_seq
  ORDER BY flags.input_seq DESC LIMIT 1
), true)`

export async function readDecided(client: ClientBase): Promise<Decided> {
  const { rows } = await client.query<{ trader_id: TraderId; input_seq: string; paused: boolean; recorded_at: string }>(
    `SELECT trader_id, input_seq, trading_paused OR (${IS_NOT_ENFORCED}) AS paused, ${UTC('recorded_at')} AS recorded_at
     FROM risk_state AS state`,
  )
  const configured = await client.query<{ input_seq: string; recorded_at: string }>(
    `SELECT input_seq, ${UTC('recorded_at')} AS recorded_at FROM risk_config_history ORDER BY input_seq DESC LIMIT 1`,
  )
  let newest: KnownInput | null = null
  for (const row of [...rows, ...configured.rows]) {
    const inputSeq = Number(row.input_seq)
    if (inputSeq > (newest?.inputSeq ?? -1)) newest = { inputSeq, recordedAt: Date.parse(row.recorded_at) }
  }
  const traders = rows.map((row) => [row.trader_id, { inputSeq: Number(row.input_seq), isPaused: row.paused }] as const)
  return { traders: new Map(traders), newest }
}

const { columns: types } = HISTORY
const DOCUMENTS: readonly string[] = ['detail', 'limit_states', 'undo']
const names = Object.keys(types) as (keyof HistoryRow)[]
const columns = names
  .filter((name) => !DOCUMENTS.includes(name))
  .map((name) =>
    types[name] === 'timestamp with time zone' ? `${UTC(`newest.${name}`)} AS ${name}` : `newest.${name}`,
  )

const detailBefore = (condition: string) => `
  SELECT version, detail FROM risk_state_history AS history
  WHERE history.trader_id = newest.trader_id AND history.version < newest.version AND history.detail IS NOT NULL
    AND history.recorded_at ${condition}
  ORDER BY version DESC LIMIT 1`

const SQL = `
  SELECT ${columns.join(', ')}, newest.detail, newest.limit_states, newest.undo, coalesce(near.detail, far.detail) AS detail_before, first.input_seq AS first_input_seq
  FROM (SELECT * FROM risk_state WHERE trader_id > $1 ORDER BY trader_id LIMIT ${PAGE}) AS newest
  LEFT JOIN LATERAL (${detailBefore(`BETWEEN newest.recorded_at - ${DETAIL_IS_NEAR} AND newest.recorded_at`)}) AS near
    ON newest.detail IS NULL
  LEFT JOIN LATERAL (
    SELECT * FROM (
      (${detailBefore('IS NOT NULL')})
      UNION ALL
      SELECT version, detail FROM risk_state_at_cut AS cut
      WHERE cut.trader_id = newest.trader_id AND cut.version < newest.version AND cut.detail IS NOT NULL
    ) AS known ORDER BY version DESC LIMIT 1
  ) AS far ON newest.detail IS NULL AND near.version IS NULL
  LEFT JOIN LATERAL (
    SELECT input_seq FROM risk_state_history AS history
    WHERE history.trader_id = newest.trader_id AND history.version = 1 LIMIT 1
  ) AS first ON coalesce(newest.detail, near.detail, far.detail) -> 'firstInputSeq' IS NULL
  ORDER BY newest.trader_id`

type Row = Readonly<Record<keyof StoredColumns, unknown>> & {
  readonly trader_id: TraderId
  readonly detail: StoredDetail | null
  readonly limit_states: StoredLimitStates | null
  readonly undo: StoredUndo | null
  readonly detail_before: StoredDetail | null
  readonly first_input_seq: string | null
}

/** The newest row of each trader, by trader, one page at a time. */
async function* newestRows(client: ClientBase): AsyncGenerator<readonly NewestRow[], void> {
  for (let after = ''; ; ) {
    const { rows } = await client.query<Row>({ name: 'newest-rows', text: SQL, values: [after] })
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(newestRow)
    after = last.trader_id
  }
}

function newestRow({ detail, limit_states, undo, detail_before, first_input_seq, ...row }: Row): NewestRow {
  const values = Object.entries(row).map(([name, value]) => {
    const isNumber = types[name as keyof StoredColumns] === 'bigint' && value !== null
    return [name, isNumber ? Number(value) : value]
  })
  return {
    row: Object.fromEntries(values) as StoredColumns,
    detail,
    limitStates: limit_states,
    undo,
    detailBefore: detail_before,
    firstInputSeq: first_input_seq === null ? null : Number(first_input_seq),
  }
}

const FAULTS_SHOWN = 10

/**
 * The last event of each trader, made from the tables, by trader, one page at a time.
 * @throws at the end, if rows contradict themselves: which, and how
 */
export async function* carriedEvents(
  client: ClientBase,
  known: KnownConfigurations,
): AsyncGenerator<readonly RiskEvent[], void> {
  const configurations = new Map<number, Configuration>()
  const faults: string[] = []
  for await (const rows of newestRows(client)) {
    const events: RiskEvent[] = []
    for (const newest of rows) {
      const version = newest.row.config_version
      const configuration = configurations.get(version) ?? (await known.at(version))
      configurations.set(version, configuration)
      const event = eventOfRow(newest, configuration)
      if (event.ok) events.push(event.value)
      else faults.push(`  ${newest.row.trader_id}, version ${newest.row.version}: ${event.reason}`)
    }
    yield events
  }
  if (faults.length === 0) return
  const more = faults.length > FAULTS_SHOWN ? `\n  and ${faults.length - FAULTS_SHOWN} more` : ''
  throw new Error(
    `the last event of these traders cannot be made from the tables; nothing is lost as long as the tables exist:\n` +
      `${faults.slice(0, FAULTS_SHOWN).join('\n')}${more}`,
  )
}

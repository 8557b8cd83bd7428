import type { Instant, TraderId } from '@drawbridge/contracts'
import { HISTORY, type HistoryRow } from '@drawbridge/history'
import type { NewestRow, StoredColumns, StoredDetail } from '@drawbridge/history/event-of-row'
import type { ClientBase } from 'pg'

/** An input of which the history has an event. */
export interface KnownInput {
  readonly inputSeq: number
  /** Its JetStream timestamp. */
  readonly recordedAt: Instant
}

/** Up to which input the history knows what became of a trader. */
export interface KnownTrader {
  readonly inputSeq: number
  readonly isPaused: boolean
}

/** What the tables say was decided. */
export interface Decided {
  readonly traders: ReadonlyMap<TraderId, KnownTrader>
  /** The newest input of all that made an event; null: none did. */
  readonly newest: KnownInput | null
}

const PAGE = 1_000
const UTC = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
/** A row without a document is followed by one with a document within a trading day, at the latest by that of the next day. */
const DETAIL_IS_NEAR = `INTERVAL '3 days'`

export async function readDecided(client: ClientBase): Promise<Decided> {
  const traders = new Map<TraderId, KnownTrader>()
  let newest: KnownInput | null = null
  const { rows } = await client.query<{ trader_id: TraderId; input_seq: string; paused: boolean; recorded_at: string }>(
    `SELECT trader_id, input_seq, trading_paused AS paused, ${UTC('recorded_at')} AS recorded_at FROM risk_state`,
  )
  for (const row of rows) {
    const inputSeq = Number(row.input_seq)
    traders.set(row.trader_id, { inputSeq, isPaused: row.paused })
    newest = later(newest, { inputSeq, recordedAt: Date.parse(row.recorded_at) })
  }
  const configured = await client.query<{ input_seq: string; recorded_at: string }>(
    `SELECT input_seq, ${UTC('recorded_at')} AS recorded_at FROM risk_config_history ORDER BY input_seq DESC LIMIT 1`,
  )
  for (const row of configured.rows) {
    newest = later(newest, { inputSeq: Number(row.input_seq), recordedAt: Date.parse(row.recorded_at) })
  }
  return { traders, newest }
}

function later(a: KnownInput | null, b: KnownInput): KnownInput {
  return a === null || b.inputSeq > a.inputSeq ? b : a
}

const { columns: types } = HISTORY
const names = Object.keys(types) as (keyof HistoryRow)[]
const columns = names
  .filter((name) => name !== 'detail')
  .map((name) =>
    types[name] === 'timestamp with time zone' ? `${UTC(`newest.${name}`)} AS ${name}` : `newest.${name}`,
  )

const detailBefore = (condition: string) => `
  SELECT version, detail FROM risk_state_history AS history
  WHERE history.trader_id = newest.trader_id AND history.version < newest.version AND history.detail IS NOT NULL
    AND history.recorded_at ${condition}
  ORDER BY version DESC LIMIT 1`

const SQL = `
  SELECT ${columns.join(', ')}, newest.detail, coalesce(near.detail, far.detail) AS detail_before, first.input_seq AS first_input_seq
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
  readonly detail_before: StoredDetail | null
  readonly first_input_seq: string | null
}

/** The newest row of each trader, by trader, a page at a time. */
export async function* newestRows(client: ClientBase): AsyncGenerator<readonly NewestRow[], void> {
  for (let after = ''; ; ) {
    const { rows } = await client.query<Row>({ name: 'newest-rows', text: SQL, values: [after] })
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(newestRow)
    after = last.trader_id
  }
}

function newestRow({ detail, detail_before, first_input_seq, ...row }: Row): NewestRow {
  const numbers = names.filter((name) => types[name] === 'bigint').map((name) => [name, numberOf(row, name)])
  return {
    row: { ...row, ...Object.fromEntries(numbers) } as unknown as StoredColumns,
    detail,
    detailBefore: detail_before,
    firstInputSeq: first_input_seq === null ? null : Number(first_input_seq),
  }
}

function numberOf(row: Readonly<Record<string, unknown>>, name: string): number | null {
  return row[name] === null ? null : Number(row[name])
}

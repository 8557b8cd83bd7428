import type { ConfigRow } from './config-row.ts'
import type { HistoryRow } from './history-row.ts'

/** PostgreSQL types by column, in the order in which statements name them. */
export type Columns<Row> = { readonly [K in keyof Row]: string }

export const HISTORY_COLUMNS: Columns<HistoryRow> = {
  trader_id: 'text',
  version: 'bigint',
  recorded_at: 'timestamptz',
  effective_at: 'timestamptz',
  event_type: 'text',
  stream_seq: 'bigint',
  input_seq: 'bigint',
  tick_seq: 'bigint',
  daily_pnl: 'numeric',
  drawdown_pct: 'numeric',
  current_equity: 'numeric',
  peak_equity: 'numeric',
  first_equity: 'numeric',
  balance: 'numeric',
  day_equity: 'numeric',
  day_balance: 'numeric',
  trading_paused: 'boolean',
  paused_until: 'timestamptz',
  last_reset_time: 'timestamptz',
  next_reset_at: 'timestamptz',
  config_version: 'bigint',
  rules_version: 'integer',
  enforced: 'boolean',
  trace_id: 'text',
  reason: 'text',
  detail: 'jsonb',
}

export const CONFIG_COLUMNS: Columns<ConfigRow> = {
  kind: 'text',
  input_seq: 'bigint',
  stream_seq: 'bigint',
  recorded_at: 'timestamptz',
  reason: 'text',
  by: 'text',
  detail: 'jsonb',
}

/** `"kind", "input_seq", ...` */
export function columnNames<Row>(columns: Columns<Row>): string {
  return Object.keys(columns)
    .map((name) => `"${name}"`)
    .join(', ')
}

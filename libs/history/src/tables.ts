import { getTableColumns } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { riskConfigHistory, riskLimitState, riskState, riskStateHistory } from './schema.ts'

/** What a program writes into a row: the database fills `updated_at`. */
type RowOf<Schema extends PgTable> = Readonly<Omit<Schema['$inferSelect'], 'updated_at'>>

/**
 * One event as the tables keep it, by column. Amounts are decimal strings, times RFC 3339 in UTC, `detail`,
 * `limit_states` and `undo` JSON.
 */
export type HistoryRow = RowOf<typeof riskStateHistory>

/** One configuration as `risk_config_history` keeps it, by column. */
export type ConfigRow = RowOf<typeof riskConfigHistory>

/** One limit as `risk_limit_state` keeps it, by column. */
export type LimitStateRow = RowOf<typeof riskLimitState>

/** PostgreSQL types by column, in the order in which statements name them. */
export type Columns<Row> = { readonly [K in keyof Row]: string }

/** What the schema says of a table, as statements need it. */
export interface Table<Row> {
  readonly name: string
  readonly columns: Columns<Row>
  /** `"trader_id", "version", ...`: every column. */
  readonly names: string
  readonly key: readonly (keyof Row & string)[]
  /** `"version" = EXCLUDED."version", ...`: every column that is not of the key. */
  readonly changes: string
}

export const HISTORY: Table<HistoryRow> = tableOf(riskStateHistory)
export const SNAPSHOT: Table<HistoryRow> = tableOf(riskState)
export const LIMIT_STATES: Table<LimitStateRow> = tableOf(riskLimitState)
export const CONFIGS: Table<ConfigRow> = tableOf(riskConfigHistory)

/**
 * The rows of `risk_limit_state` that a query of events makes, by the columns of {@link LIMIT_STATES}.
 * @param events a table or a query in parentheses, with the columns of the history
 */
export function limitStatesOf(events: string): string {
  return `SELECT ${LIMIT_STATES.names} FROM ${events} AS event CROSS JOIN LATERAL risk_limits_of(event.limit_states) AS one`
}

function tableOf<Schema extends PgTable>(schema: Schema): Table<RowOf<Schema>> {
  type Name = keyof RowOf<Schema> & string
  const columns = Object.values(getTableColumns(schema)).filter(({ name }) => name !== 'updated_at')
  const names = columns.map(({ name }) => name as Name)
  const { name, primaryKeys } = getTableConfig(schema)
  const key = (primaryKeys[0]?.columns ?? []).map((column) => column.name as Name)
  return {
    name,
    columns: Object.fromEntries(columns.map((column) => [column.name, column.getSQLType()])) as Columns<RowOf<Schema>>,
    names: names.map((column) => `"${column}"`).join(', '),
    key,
    changes: names
      .filter((column) => !key.includes(column))
      .map((column) => `"${column}" = EXCLUDED."${column}"`)
      .join(', '),
  }
}

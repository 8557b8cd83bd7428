import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  pgView,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'

/** RFC 3339 in UTC. */
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' })
/** As text. */
const json = (name: string) => jsonb(name).$type<string>()
const sequence = (name: string) => bigint(name, { mode: 'number' })

/** What one risk event says of one trader. Snapshot and history have the same columns, so that they can be compared. */
const eventColumns = {
  trader_id: text('trader_id').notNull(),
  /** Number of the event in the trader's log, from 1 up. */
  version: sequence('version').notNull(),
  /** The input's JetStream timestamp; the partition key of the history. */
  recorded_at: instant('recorded_at').notNull(),
  /** The time that the rules used: for charts and time travel. */
  effective_at: instant('effective_at').notNull(),
  event_type: text('event_type').notNull(),
  /** Sequence in the stream RISK. */
  stream_seq: sequence('stream_seq').notNull(),
  /** Sequence of the input in the stream INPUTS. */
  input_seq: sequence('input_seq').notNull(),
  /** The bot's own count, where the input was a tick that had one. */
  tick_seq: sequence('tick_seq'),
  /** Amounts are in the account's currency; null before the first tick. */
  daily_pnl: numeric('daily_pnl'),
  /** Percent below peak equity, 0 or more. */
  drawdown_pct: numeric('drawdown_pct'),
  current_equity: numeric('current_equity'),
  peak_equity: numeric('peak_equity'),
  first_equity: numeric('first_equity'),
  balance: numeric('balance'),
  /** What the day's loss is measured from. */
  day_equity: numeric('day_equity'),
  day_balance: numeric('day_balance'),
  trading_paused: boolean('trading_paused').notNull(),
  /** Null while paused: only an operator ends the pause. */
  paused_until: instant('paused_until'),
  /** When the trading day began. */
  last_reset_time: instant('last_reset_time'),
  next_reset_at: instant('next_reset_at'),
  /** Input sequence of the configuration that was in force; 0: the built-in one. */
  config_version: sequence('config_version').notNull(),
  rules_version: integer('rules_version').notNull(),
  /** False where a limit broke and enforcement was off: recorded, not obeyed. */
  enforced: boolean('enforced').notNull(),
  trace_id: text('trace_id'),
  reason: text('reason'),
  /** What happened, and what columns do not carry; null for an event that nothing but equity came of. */
  detail: json('detail'),
  /** When the row was written, by the database's clock: the only column that is not the same in every replay. */
  updated_at: instant('updated_at').notNull().defaultNow(),
  /** Each limit after the event, as on the wire; null: there was none, or the rules were older than 6. */
  limit_states: json('limit_states'),
  /** What the last usable reading changed, as on the wire, so that it can be undone; null: it cannot, or rules before 6. */
  undo: json('undo'),
  /** Why entries wait after the event, a code; `ok`: they do not; null: the rules were older than 6. */
  decision_code: text('decision_code'),
}

/** The newest event of each trader. */
export const riskState = pgTable('risk_state', eventColumns, (table) => [
  primaryKey({ name: 'risk_state_pkey', columns: [table.trader_id] }),
])

/** Each limit of each trader after its newest event: the column `limit_states` of `risk_state`, in columns. */
export const riskLimitState = pgTable(
  'risk_limit_state',
  {
    trader_id: text('trader_id').notNull(),
    limit_name: text('limit_name').notNull(),
    /** `loss` or `profit`. */
    measure: text('measure').notNull(),
    /** What the limit is measured from; null: it was not reported. */
    reference: numeric('reference'),
    /** The floor, or of a profit the ceiling; null: not active, or not computable. */
    line: numeric('line'),
    /** Where the mildest tier begins that blocks entries; null: none blocks, or there is no line. */
    blocks_at: numeric('blocks_at'),
    /** The value that is compared with the line; null: it was not reported, or there is no line. */
    tested: numeric('tested'),
    /** From the tested value to the line, in money; 0 or less: it is reached. */
    room: numeric('room'),
    /** The loss, or the profit, in percent of the base; below 0: a gain, or a loss. */
    percent: numeric('percent'),
    /** Whether the limit holds yet. */
    active: boolean('active').notNull(),
    /** Why it cannot be computed, which blocks entries; null: it can, or is not active. */
    uncomputable: text('uncomputable'),
    /** This and the next columns belong to the event that said so. */
    version: sequence('version').notNull(),
    recorded_at: instant('recorded_at').notNull(),
    effective_at: instant('effective_at').notNull(),
    stream_seq: sequence('stream_seq').notNull(),
    updated_at: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ name: 'risk_limit_state_pkey', columns: [table.trader_id, table.limit_name] })],
)

/** So many events are in a block. Blocks of another size would be another table. */
export const BLOCK_EVENTS = 64

/** Every event, for good. The key is deterministic, so that an event that comes again is not stored again. */
export const riskStateHistory = pgTable('risk_state_history', eventColumns, (table) => [
  primaryKey({ name: 'risk_state_history_pkey', columns: [table.trader_id, table.version, table.recorded_at] }),
  index('risk_state_history_effective_at').on(table.trader_id, table.effective_at),
])

/**
 * What {@link BLOCK_EVENTS} events of a trader in a row say together: block 0 has the versions from 1 up. A block is there where all
 * of its events are and know the equity; the newest events have none yet.
 */
export const riskHistoryBlock = pgTable(
  'risk_history_block',
  {
    trader_id: text('trader_id').notNull(),
    block: sequence('block').notNull(),
    /** The first and the last of its events, of both times. */
    effective_from: instant('effective_from').notNull(),
    effective_until: instant('effective_until').notNull(),
    recorded_from: instant('recorded_from').notNull(),
    recorded_until: instant('recorded_until').notNull(),
    low: numeric('low').notNull(),
    high: numeric('high').notNull(),
    /** The worst. */
    drawdown_pct: numeric('drawdown_pct'),
    /** Whether equity was at its peak at one of them. */
    at_peak: boolean('at_peak').notNull(),
    /** Why entries waited, or `ok`, at each of them; null: not the same. */
    decision_code: text('decision_code'),
    /** The day of all of them; null: not the same. */
    last_reset_time: instant('last_reset_time'),
    /** Whether one of them did more than move the equity. */
    has_detail: boolean('has_detail').notNull(),
  },
  (table) => [
    primaryKey({ name: 'risk_history_block_pkey', columns: [table.trader_id, table.block] }),
    index('risk_history_block_effective_from').on(table.trader_id, table.effective_from),
  ],
)

/** The last event of each trader that the history no longer holds; empty while nothing was dropped. */
export const riskStateAtCut = pgTable('risk_state_at_cut', eventColumns, (table) => [
  primaryKey({ name: 'risk_state_at_cut_pkey', columns: [table.trader_id] }),
])

/** One row: what the history holds, and when somebody last looked after it. */
export const riskRetention = pgTable(
  'risk_retention',
  {
    only: boolean('only').primaryKey().default(true),
    /** The history holds every event whose `recorded_at` is not before this; `-infinity`: every event there was. */
    kept_from: instant('kept_from').notNull().default(sql`'-infinity'`),
    /** When partitions and retention were last looked after with success, by the database's clock. */
    maintained_at: instant('maintained_at'),
  },
  (table) => [check('risk_retention_only', sql`${table.only}`)],
)

/** Every configuration that was in force, from its input on. */
export const riskConfigHistory = pgTable(
  'risk_config_history',
  {
    /** `flags` or `limits`. */
    kind: text('kind').notNull(),
    input_seq: sequence('input_seq').notNull(),
    stream_seq: sequence('stream_seq').notNull(),
    recorded_at: instant('recorded_at').notNull(),
    reason: text('reason'),
    by: text('by'),
    /** The whole configuration of its kind, as on the wire. */
    detail: json('detail').notNull(),
    updated_at: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ name: 'risk_config_history_pkey', columns: [table.kind, table.input_seq] })],
)

/** One row for each trading day of each trader; a view, computed when it is read. */
export const riskDailyPnl = pgView('risk_daily_pnl', {
  trader_id: text('trader_id').notNull(),
  /** When the trading day began. */
  last_reset_time: instant('last_reset_time').notNull(),
  /** Equity that the day began with. */
  start_equity: numeric('start_equity'),
  /** Equity last known in the day. */
  end_equity: numeric('end_equity'),
  /** Deposits less withdrawals in the day. */
  cash_flow: numeric('cash_flow').notNull(),
  /** `end_equity - start_equity - cash_flow`: a rebase after a pause does not make a loss disappear from it. */
  daily_pnl: numeric('daily_pnl'),
  /** The largest drawdown of the day, percent. */
  drawdown_pct_max: numeric('drawdown_pct_max'),
  /** Events of the day in which a limit broke. */
  breaches: integer('breaches').notNull(),
  /** Events of the day. */
  events: integer('events').notNull(),
}).existing()

const equityColumns = {
  trader_id: text('trader_id').notNull(),
  /** When the bucket begins, in UTC; by `effective_at`. */
  bucket: instant('bucket').notNull(),
  /** Equity after the first and the last event of the bucket, and the highest and lowest in it. */
  open: numeric('open').notNull(),
  high: numeric('high').notNull(),
  low: numeric('low').notNull(),
  close: numeric('close').notNull(),
  /** The largest drawdown of the bucket, percent. */
  drawdown_pct_max: numeric('drawdown_pct_max').notNull(),
  /** Events of the bucket in which equity was known. */
  events: sequence('events').notNull(),
}

/** Equity by minute, hour and day; views, see `equity-views.ts`. */
export const riskEquity1m = pgView('risk_equity_1m', equityColumns).existing()
export const riskEquity1h = pgView('risk_equity_1h', equityColumns).existing()
export const riskEquity1d = pgView('risk_equity_1d', equityColumns).existing()

/** Which stream these tables were filled from: a stream that is deleted and made again has another creation time. */
export const riskLogEpoch = pgTable('risk_log_epoch', {
  stream: text('stream').primaryKey(),
  created: text('created').notNull(),
  updated_at: instant('updated_at').notNull().defaultNow(),
})

/** Every time that an operator bound these tables to another log than the one they were filled from. */
export const riskLogAdoption = pgTable(
  'risk_log_adoption',
  {
    stream: text('stream').notNull(),
    /** Creation time of the log that was adopted. */
    created: text('created').notNull(),
    /** Creation time of the log before it; null: an empty database was bound. */
    previous: text('previous'),
    /** Creation time of the INPUTS that the log is made from. */
    inputs_created: text('inputs_created').notNull(),
    /** The sequence of an input is that of the stream plus this. */
    inputs_offset: sequence('inputs_offset').notNull(),
    /** Guardians judge the inputs after this one by the log. */
    settled: sequence('settled').notNull(),
    by: text('by').notNull(),
    reason: text('reason').notNull(),
    /** When the tables were taken from the log before, and when they were bound to this one, by the database's clock. */
    begun_at: instant('begun_at').notNull().defaultNow(),
    finished_at: instant('finished_at'),
  },
  (table) => [primaryKey({ name: 'risk_log_adoption_pkey', columns: [table.stream, table.created] })],
)

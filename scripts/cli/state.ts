import { parseInstant, parseTraderId } from '@drawbridge/contracts'
import {
  alignedRows,
  type Program,
  type ProgramContext,
  printLine,
  readOptions,
  UsageError,
} from '@drawbridge/service-kit/program'
import type pg from 'pg'
import { withDatabase } from './servers.ts'

const HELP = `The state of any trader at any instant, from the history: after the last event whose effective_at is not later.

  npm run drawbridge -- state --at 2026-03-12T20:00:00Z [--trader id] [--json]

  --at instant   RFC 3339 with a zone, like 2026-03-12T20:00:00Z or 2026-03-12T16:00:00-04:00
  --trader id    of this trader alone; else of all that had an event by then
  --json         one JSON object: {"at": ..., "traders": [...]}, each trader with all columns of risk_state
  --help         this text

In SQL: SELECT * FROM risk_state_at('2026-03-12T20:00:00Z') WHERE trader_id = 'id'

Needs the database alone. Exit codes: 0 done, also where nobody had an event yet; 1 failed; 2 the command line or the
settings are not valid.
`

/** A row of the type risk_state; amounts are decimal strings. */
interface StateRow {
  readonly trader_id: string
  readonly version: string
  readonly effective_at: Date
  readonly event_type: string
  readonly current_equity: string | null
  readonly daily_pnl: string | null
  readonly drawdown_pct: string | null
  readonly trading_paused: boolean
  readonly paused_until: Date | null
  readonly reason: string | null
}

/** The other columns that hold whole numbers too large for a driver to read as such. */
const SEQUENCES = ['version', 'stream_seq', 'input_seq', 'tick_seq', 'config_version']

export const state: Program = { help: HELP, run }

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const { at, trader, json } = optionsOf(args)
  const rows = await withDatabase(context, 1, (pool) => statesAt(pool, at, trader))
  printLine(context.stdout, json ? jsonOf(at, rows) : rows.length === 0 ? nothingBy(at, trader) : tableOf(rows))
  return 0
}

function jsonOf(at: Date, rows: readonly StateRow[]): string {
  return JSON.stringify({ at: at.toISOString(), traders: rows.map(withNumbers) })
}

function optionsOf(args: readonly string[]): { at: Date; trader: string | null; json: boolean } {
  const { values } = readOptions(args, {
    at: { type: 'string' },
    trader: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  if (values.at === undefined) throw new UsageError('--at is missing: which instant?')
  const at = parseInstant(values.at)
  if (!at.ok) throw new UsageError(`--at ${at.reason}`)
  const trader = values.trader === undefined ? null : parseTraderId(values.trader)
  if (trader?.ok === false) throw new UsageError(`--trader ${trader.reason}`)
  return { at: new Date(at.value), trader: trader?.value ?? null, json: values.json }
}

async function statesAt(pool: pg.Pool, at: Date, trader: string | null): Promise<readonly StateRow[]> {
  const { rows } = await pool.query<StateRow>(
    `SELECT * FROM risk_state_at($1)${trader === null ? '' : ' WHERE trader_id = $2'} ORDER BY trader_id`,
    trader === null ? [at] : [at, trader],
  )
  return rows
}

function withNumbers(row: StateRow): object {
  const numbers = SEQUENCES.map((name) => [name, row[name as keyof StateRow]] as const)
  return { ...row, ...Object.fromEntries(numbers.map(([name, text]) => [name, text === null ? null : Number(text)])) }
}

function nothingBy(at: Date, trader: string | null): string {
  const who = trader === null ? 'no trader had an event' : `trader ${trader} had no event`
  return `${who} by ${at.toISOString()}`
}

function tableOf(rows: readonly StateRow[]): string {
  const titles = ['trader', 'version', 'effective at', 'equity', 'daily pnl', 'drawdown', 'trading', 'reason']
  const cells = rows.map((row) => [
    row.trader_id,
    row.version,
    row.effective_at.toISOString(),
    row.current_equity ?? '-',
    row.daily_pnl ?? '-',
    row.drawdown_pct === null ? '-' : `${row.drawdown_pct} %`,
    tradingOf(row),
    row.reason ?? '',
  ])
  return alignedRows([titles, ...cells]).join('\n')
}

function tradingOf({ trading_paused: isPaused, paused_until: until }: StateRow): string {
  if (!isPaused) return 'allowed'
  return until === null ? 'paused until an operator resumes' : `paused until ${until.toISOString()}`
}

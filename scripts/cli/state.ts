import { parseInstant, parseTraderId } from '@drawbridge/contracts'
import { alignedRows, type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import type pg from 'pg'
import { flag, text, tradingInWords } from './options.ts'
import { withDatabase } from './servers.ts'

const HELP = `The state of any trader at any instant, from the history: after its last event whose effective_at is not later.

  npm run drawbridge -- state --at 2026-03-12T20:00:00Z [--trader id] [--json]

  --at instant   RFC 3339 with a zone, like 2026-03-12T20:00:00Z or 2026-03-12T16:00:00-04:00
  --trader id    only this trader; default: all that had an event by then
  --json         one JSON object: {"at": ..., "traders": [...]}, each trader with all columns of risk_state
  --help         this text

In SQL: SELECT * FROM risk_state_at('2026-03-12T20:00:00Z') WHERE trader_id = 'id'

Needs only the database. Exit codes: 0 done, also if nobody had an event yet; 1 failed; 2 the command line or the settings
are not valid.
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
  /** Why entries are blocked; null: of an event of earlier rules. */
  readonly decision_code: string | null
}

/** The other columns that hold whole numbers too large for a driver to read as such. */
const SEQUENCES = ['version', 'stream_seq', 'input_seq', 'tick_seq', 'config_version']

export const state: Program = {
  help: HELP,
  async run(args, context) {
    const { values } = readOptions(args, { at: text, trader: text, json: flag })
    if (values.at === undefined) throw new UsageError('--at is missing: which instant?')
    const instant = parseInstant(values.at)
    if (!instant.ok) throw new UsageError(`--at ${instant.reason}`)
    const id = values.trader === undefined ? null : parseTraderId(values.trader)
    if (id?.ok === false) throw new UsageError(`--trader ${id.reason}`)
    const [at, trader] = [new Date(instant.value), id?.value ?? null]
    const rows = await withDatabase(context, 1, (pool) => statesAt(pool, at, trader))
    const shown = rows.length === 0 ? nothingBy(at, trader) : tableOf(rows)
    const json = { at: at.toISOString(), traders: rows.map(withNumbers) }
    printLine(context.stdout, values.json ? JSON.stringify(json) : shown)
    return 0
  },
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
    tradingInWords(row.trading_paused, row.paused_until?.toISOString() ?? null, row.decision_code),
    row.reason ?? '',
  ])
  return alignedRows([titles, ...cells]).join('\n')
}

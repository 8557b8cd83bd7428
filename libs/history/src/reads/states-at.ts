import { formatInstant, type Instant, type TraderId } from '@drawbridge/contracts'
import type { Select } from './history-reader.ts'
import { CODE, millis } from './span.ts'

/** A limit as it was at an instant; amounts are exact decimal strings. */
export interface LimitAt {
  readonly name: string
  readonly measure: 'loss' | 'profit'
  readonly reference: string | null
  readonly line: string | null
  readonly blocksAt: string | null
  readonly tested: string | null
  readonly room: string | null
  readonly percent: string | null
  readonly active: boolean
  readonly uncomputable: string | null
}

/** A trader as it was at an instant. */
export interface TraderAt {
  readonly trader: TraderId
  readonly version: number
  /** When the event was that said so, milliseconds since 1970. */
  readonly at: number
  readonly status: 'allowed' | 'paused' | 'blocked'
  /** As of `BlockedPeriod`, or `ok`. */
  readonly code: string
  readonly until: number | null
  readonly reason: string | null
  readonly equity: string | null
  readonly peak: string | null
  readonly dailyPnl: string | null
  readonly drawdownPct: string | null
  readonly limits: readonly LimitAt[]
}

const STATES_AT = `
  SELECT state.trader_id AS trader, version::float8 AS version, ${millis('effective_at')} AS at,
    CASE WHEN trading_paused THEN 'paused' WHEN ${CODE} <> 'ok' THEN 'blocked' ELSE 'allowed' END AS status,
    ${CODE} AS code, ${millis('paused_until')} AS until, reason, current_equity::text AS equity, peak_equity::text AS peak,
    daily_pnl::text AS "dailyPnl", drawdown_pct::text AS "drawdownPct", coalesce(limits.list, '[]') AS limits
  FROM risk_state_at($1) AS state
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('name', limit_name, 'measure', measure, 'reference', reference::text,
      'line', line::text, 'blocksAt', blocks_at::text, 'tested', tested::text, 'room', room::text,
      'percent', percent::text, 'active', active, 'uncomputable', uncomputable) ORDER BY limit_name) AS list
    FROM risk_limits_of(state.limit_states)
  ) AS limits ON true
  WHERE state.trader_id > $2
  ORDER BY state.trader_id
  LIMIT $3`

export interface StatesAt {
  readonly traders: readonly TraderAt[]
  /** The `after` of the next page; null: there is none. */
  readonly next: TraderId | null
}

/**
 * The traders that had an event by then, by id.
 * @param after the last one of the page before; empty: from the first on
 */
export async function readStatesAt(select: Select, at: Instant, after: TraderId | '', max: number): Promise<StatesAt> {
  const rows = await select<TraderAt>(STATES_AT, [formatInstant(at), after, max + 1])
  const traders = rows.slice(0, max)
  return { traders, next: rows.length > max ? (traders.at(-1)?.trader ?? null) : null }
}

import type { Instant, TraderId } from '@drawbridge/contracts'
import type { Select } from './history-reader.ts'
import { millis } from './span.ts'

/** The first and the last event that the history has. */
export interface Extent {
  readonly begins: Instant
  readonly ends: Instant
}

const EXTENT = `
  SELECT ${millis('min(first.effective_at)')} AS begins, ${millis('max(last.effective_at)')} AS ends
  FROM risk_state AS trader
  CROSS JOIN LATERAL (
    SELECT effective_at FROM risk_state_history AS history
    WHERE history.trader_id = trader.trader_id ORDER BY effective_at LIMIT 1
  ) AS first
  CROSS JOIN LATERAL (
    SELECT effective_at FROM risk_state_history AS history
    WHERE history.trader_id = trader.trader_id ORDER BY effective_at DESC LIMIT 1
  ) AS last
  WHERE $1::text IS NULL OR trader.trader_id = $1`

/** @param trader null: of all traders. @returns null: there is no event */
export async function readExtent(select: Select, trader: TraderId | null): Promise<Extent | null> {
  const [row] = await select<{ begins: number | null; ends: number | null }>(EXTENT, [trader])
  return row === undefined || row.begins === null || row.ends === null ? null : { begins: row.begins, ends: row.ends }
}

import type { BenchDatabase } from '../persister/databases.ts'
import { query } from '../persister/databases.ts'

export const TRADER = 'bot1'
const SPACING_SECONDS = 30
const AT_ONCE = 100_000
/** The first event is here; partitions are made of each month from then on. */
const BEGINS = '2024-01-01'

/**
 * Events of an account that moves and now and then breaks a limit, as rows of a persister would be: as wide, and one after the
 * other. $1 and $2 are versions.
 */
const ROWS = `
  INSERT INTO risk_state_history (trader_id, version, recorded_at, effective_at, event_type, stream_seq, input_seq, tick_seq,
    daily_pnl, drawdown_pct, current_equity, peak_equity, first_equity, balance, day_equity, day_balance, trading_paused,
    last_reset_time, next_reset_at, config_version, rules_version, enforced, detail, limit_states, undo, decision_code)
  SELECT '${TRADER}', v, at, at, CASE WHEN v % 5000 = 0 THEN 'breach' ELSE 'assessed' END, v, v, v,
    12.5, round(greatest(0, (110000 - equity) / 1100), 8), equity, 110000, 100000, equity, 100000, 100000, v % 5000 < 100,
    date_trunc('day', at), date_trunc('day', at) + INTERVAL '1 day', 1, 9, true,
    CASE WHEN v % 5000 IN (0, 100) THEN '{"facts": [{"kind": "breached", "rule": "max_daily_loss", "observedPct": "5",
      "limitPct": "5"}]}'::jsonb END,
    jsonb_build_array(
      jsonb_build_object('name', 'max_daily_loss', 'reference', '100000', 'line', '95000', 'room', (equity - 95000)::text,
        'percent', '1.25', 'base', '100000'),
      jsonb_build_object('name', 'max_drawdown', 'reference', '110000', 'line', '88000', 'room', (equity - 88000)::text,
        'percent', '2.25', 'base', '110000')),
    jsonb_build_object('reading', jsonb_build_object('equity', equity::text, 'at', at), 'equity', equity::text,
      'peakEquity', '110000', 'dayEquity', '100000'),
    CASE WHEN v % 5000 < 100 THEN 'limit' ELSE 'ok' END
  FROM (
    SELECT v, TIMESTAMPTZ '${BEGINS} 00:00:00+00' + v * INTERVAL '${SPACING_SECONDS} seconds' AS at,
      round((100000 + 8000 * sin(v / 40000.0) + 1500 * sin(v / 1700.0) + 50 * sin(v * 1.7))::numeric, 2) AS equity
    FROM generate_series($1::bigint, $2::bigint) AS v
  ) AS tick`

/** Fills an empty history of plain PostgreSQL with so many events of one trader. */
export async function fillHistory(
  { url }: Pick<Awaited<ReturnType<BenchDatabase['fresh']>>, 'url'>,
  events: number,
): Promise<void> {
  const days = Math.ceil((events * SPACING_SECONDS) / 86_400)
  await query(
    url,
    `SELECT risk_create_history_partition(to_char(month, 'YYYY-MM'))
    FROM generate_series(DATE '${BEGINS}', DATE '${BEGINS}' + ${days + 1}, INTERVAL '1 month') AS month`,
  )
  for (let from = 1; from <= events; from += AT_ONCE) {
    const until = Math.min(events, from + AT_ONCE - 1)
    await query(url, ROWS.replace('$1', String(from)).replace('$2', String(until)))
  }
  await query(url, `INSERT INTO risk_state SELECT * FROM risk_state_history WHERE version = ${events}`)
  await query(url, 'VACUUM ANALYZE risk_state_history')
}

import type { ClientBase } from 'pg'
import { CODE } from '../reads/span.ts'
import { BLOCK_EVENTS } from '../schema.ts'

/** Other persisters may still have so many of a trader's newest events on their way: a few batches. */
const NEWEST_EVENTS = 4_000
/** So many blocks are made by one statement. */
const AT_ONCE = 500

/** What of a trader has no blocks yet: from this one on, before that one. */
interface Missing {
  readonly trader: string
  readonly from: number
  readonly until: number
}

const MISSING = `
  SELECT * FROM (
    SELECT trader.trader_id AS trader,
      coalesce(last.block + 1, (first.version + ${BLOCK_EVENTS - 2}) / ${BLOCK_EVENTS})::float8 AS from,
      ((trader.version - $1) / ${BLOCK_EVENTS})::float8 AS until
    FROM risk_state AS trader
    LEFT JOIN LATERAL (
      SELECT block FROM risk_history_block AS made WHERE made.trader_id = trader.trader_id ORDER BY block DESC LIMIT 1
    ) AS last ON true
    LEFT JOIN LATERAL (
      SELECT version FROM risk_state_history AS history WHERE history.trader_id = trader.trader_id
      ORDER BY version LIMIT 1
    ) AS first ON last.block IS NULL
    WHERE trader.version > $1
  ) AS trader
  WHERE "from" < until
  ORDER BY trader`

/** Makes the blocks from $2 on and before $3 that are complete and whose events all know the equity. */
const MAKE = `
  INSERT INTO risk_history_block (trader_id, block, effective_from, effective_until, recorded_from, recorded_until,
    low, high, drawdown_pct, at_peak, decision_code, last_reset_time, has_detail)
  SELECT $1, (version - 1) / ${BLOCK_EVENTS}, min(effective_at), max(effective_at), min(recorded_at), max(recorded_at),
    min(current_equity), max(current_equity), max(drawdown_pct), bool_or(drawdown_pct = 0) IS TRUE,
    CASE WHEN min(${CODE}) = max(${CODE}) THEN min(${CODE}) END,
    CASE WHEN min(last_reset_time) = max(last_reset_time) AND count(last_reset_time) = ${BLOCK_EVENTS}
      THEN min(last_reset_time) END,
    bool_or(detail IS NOT NULL)
  FROM risk_state_history
  WHERE trader_id = $1 AND version > $2::bigint * ${BLOCK_EVENTS} AND version <= $3::bigint * ${BLOCK_EVENTS}
  GROUP BY (version - 1) / ${BLOCK_EVENTS}
  HAVING count(*) = ${BLOCK_EVENTS} AND count(current_equity) = ${BLOCK_EVENTS}
  ON CONFLICT DO NOTHING`

/**
 * A read takes a block for all that was between its first and its last event. So where time went back, as when an account
 * changes from event time to the server's, the blocks that it went back into make way for what has come.
 */
const MAKE_WAY = `
  WITH made AS (
    SELECT block, effective_from, effective_until, min(effective_from) OVER later AS later_from
    FROM risk_history_block
    WHERE trader_id = $1 AND block >= $2 AND block < $3
    WINDOW later AS (ORDER BY block DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  ), begin AS (
    SELECT min(effective_from) AS at FROM made
  )
  DELETE FROM risk_history_block AS block USING begin
  WHERE trader_id = $1 AND (
    block IN (SELECT block FROM made WHERE effective_until > later_from)
    OR block < $2 AND effective_until > begin.at AND effective_from >= (
      SELECT coalesce(max(effective_from), '-infinity') FROM risk_history_block AS earlier
      WHERE earlier.trader_id = $1 AND earlier.block < $2 AND earlier.effective_from <= begin.at
    )
  )`

/**
 * Makes the blocks that can be made by now, see `riskHistoryBlock`. Nobody else may do so at the same time, or drop parts of
 * the history. After a failure it can be repeated.
 * @param newest so many of the newest events of each trader are left out
 */
export async function makeHistoryBlocks(client: ClientBase, newest: number = NEWEST_EVENTS): Promise<void> {
  const { rows: all } = await client.query<Missing>(MISSING, [newest])
  for (const { trader, from, until } of all) {
    for (let next = from; next < until; next += AT_ONCE) {
      const values = [trader, next, Math.min(until, next + AT_ONCE)]
      await client.query(MAKE, values)
      await client.query(MAKE_WAY, values)
    }
  }
}

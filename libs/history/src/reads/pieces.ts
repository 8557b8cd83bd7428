import { BLOCK_EVENTS } from '../schema.ts'
import { IN_SPAN } from './span.ts'

/**
 * What is in a span, as a head of a statement about it: `whole` has blocks that stand for their events, `single` each other event. So
 * a read of years looks at each block instead of each event, and still sees every event where a block does not tell enough.
 *
 * `known` are the blocks that begin in the span. Events of the ones that are not whole are found by their versions, what lies
 * between blocks, and what has none yet, by its time. LIMIT and OFFSET keep the database from reading all events for a join.
 * @param isWhole a condition on a block whose events are all in the span
 */
export function piecesOf(isWhole: string): string {
  return `
  known AS MATERIALIZED (
    SELECT *, effective_until < $3 AND (${isWhole}) AS is_whole
    FROM risk_history_block
    WHERE trader_id = $1 AND effective_from >= $2 AND effective_from < $3
  ), whole AS (
    SELECT *, block * ${BLOCK_EVENTS} + 1 AS first_version, (block + 1) * ${BLOCK_EVENTS} AS last_version
    FROM known WHERE is_whole
  ), gaps AS (
    SELECT lag(block) OVER places AS after_block, lag(effective_until) OVER places AS after_at,
      block AS before_block, effective_from AS before_at
    FROM known WINDOW places AS (ORDER BY effective_from, block)
    UNION ALL
    SELECT max(block), max(effective_until), NULL, NULL FROM known
  ), single AS (
    SELECT event.*
    FROM known CROSS JOIN LATERAL (
      SELECT * FROM risk_state_history AS history
      WHERE history.trader_id = $1 AND history.recorded_at >= recorded_from AND history.recorded_at <= recorded_until
        AND history.version > block * ${BLOCK_EVENTS} AND history.version <= (block + 1) * ${BLOCK_EVENTS}
        AND history.effective_at >= $2 AND history.effective_at < $3
      LIMIT ${BLOCK_EVENTS}
    ) AS event
    WHERE NOT is_whole
    UNION ALL
    SELECT event.*
    FROM gaps CROSS JOIN LATERAL (
      SELECT * FROM risk_state_history
      WHERE ${IN_SPAN} AND effective_at >= coalesce(after_at, $2) AND effective_at <= coalesce(before_at, $3)
        AND (after_at IS NULL OR effective_at > after_at OR version > (after_block + 1) * ${BLOCK_EVENTS})
        AND (before_at IS NULL OR effective_at < before_at OR version <= before_block * ${BLOCK_EVENTS})
      OFFSET 0
    ) AS event
    WHERE before_block IS NULL OR before_block IS DISTINCT FROM after_block + 1
  )`
}

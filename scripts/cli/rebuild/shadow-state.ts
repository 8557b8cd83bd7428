import { SNAPSHOT } from '@drawbridge/history'
import type { ClientBase } from 'pg'

const { names: EVENT_NAMES, changes: CHANGES } = SNAPSHOT

const CREATE = `CREATE TEMP TABLE shadow_state AS SELECT ${EVENT_NAMES} FROM risk_state WITH NO DATA;
ALTER TABLE shadow_state ADD PRIMARY KEY (trader_id)`

/** Makes the shadow of the snapshot, empty. */
export async function createShadowState(client: ClientBase): Promise<void> {
  await client.query(CREATE)
}

/**
 * Takes over the newest event of each trader from the shadow of the history. Who is newest is looked for first: to sort the
 * whole rows takes twice as long.
 * @param after only of events behind this sequence of RISK
 */
export async function advanceFromShadow(client: ClientBase, after: number): Promise<void> {
  const said = '(SELECT * FROM shadow_history UNION ALL SELECT * FROM carried_history) AS said WHERE stream_seq > $1'
  await client.query(
    `${INTO_STATE}
     SELECT DISTINCT ON (trader_id) ${EVENT_NAMES}
     FROM (SELECT * FROM ${said}) AS event
     JOIN (SELECT trader_id, max(version) AS version FROM ${said} GROUP BY trader_id) AS newest USING (trader_id, version)
     ORDER BY trader_id
     ${FORWARD_ONLY}`,
    [after],
  )
}

/** Takes over the newest event of each trader from the history, or from what it no longer holds. */
export async function advanceFromHistory(client: ClientBase): Promise<void> {
  await client.query(
    `${INTO_STATE}
     SELECT DISTINCT ON (trader_id) ${EVENT_NAMES}
     FROM (SELECT ${EVENT_NAMES} FROM risk_state_history UNION ALL SELECT ${EVENT_NAMES} FROM risk_state_at_cut) AS known
     ORDER BY trader_id, version DESC
     ${FORWARD_ONLY}`,
  )
}

/** As above, of what has come since: looks at each trader alone, by the index. New traders are in the snapshot. */
export async function catchUpWithHistory(client: ClientBase): Promise<void> {
  await client.query(
    `${INTO_STATE}
     SELECT ${EVENT_NAMES.split(', ')
       .map((name) => `later.${name}`)
       .join(', ')}
     FROM (SELECT trader_id FROM shadow_state UNION SELECT trader_id FROM risk_state) AS trader
     LEFT JOIN shadow_state AS known USING (trader_id)
     CROSS JOIN LATERAL (
       SELECT * FROM risk_state_history AS history
       WHERE history.trader_id = trader.trader_id AND history.version > coalesce(known.version, 0)
       ORDER BY history.version DESC
       LIMIT 1
     ) AS later
     ${FORWARD_ONLY}`,
  )
}

const INTO_STATE = `INSERT INTO shadow_state (${EVENT_NAMES})`
const FORWARD_ONLY = `ON CONFLICT (trader_id) DO UPDATE SET ${CHANGES} WHERE shadow_state.version < EXCLUDED.version`

import type { ClientBase } from 'pg'

const SQL = `WITH claimed AS (
  INSERT INTO risk_log_epoch (stream, created) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING created
)
SELECT created FROM claimed UNION ALL SELECT created FROM risk_log_epoch WHERE stream = $1`

/**
 * Writes down which stream these tables are filled from, if nothing is written there yet.
 * @returns the creation time that is written there.
 */
export async function claimEpoch(client: ClientBase, stream: string, created: string): Promise<string> {
  const { rows } = await client.query<{ created: string }>(SQL, [stream, created])
  if (rows[0] !== undefined) return rows[0].created
  // Another replica's claim was made after this statement began to look.
  const again = await client.query<{ created: string }>('SELECT created FROM risk_log_epoch WHERE stream = $1', [
    stream,
  ])
  return again.rows[0]?.created ?? created
}

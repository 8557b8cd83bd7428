import type { Instant } from '@drawbridge/contracts'
import type { ClientBase } from 'pg'

/** The history holds every event whose recorded_at is not before this; minus infinity: every event there was. */
export async function keptFrom(client: ClientBase): Promise<Instant> {
  const { rows } = await client.query<{ kept: string }>(
    `SELECT extract(epoch FROM kept_from)::text AS kept FROM risk_retention`,
  )
  const seconds = rows[0]?.kept ?? '-Infinity'
  return Number(seconds) * 1_000
}

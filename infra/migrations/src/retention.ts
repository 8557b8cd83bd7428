import { inTransaction } from '@drawbridge/service-kit'
import type { ClientBase } from 'pg'
import { HISTORY_PARTITIONS } from './partitions.ts'
import type { Storage } from './storage.ts'

/** A chunk or partition of the history. */
export interface HistoryPart {
  /** Qualified and quoted. */
  readonly name: string
  /** It holds events whose `recorded_at` is from here on ... */
  readonly begins: string
  /** ... and before this. */
  readonly ends: string
}

/**
 * The history holds every event whose `recorded_at` is not before this, milliseconds since 1970; minus infinity: every event
 * there was.
 */
export async function keptFrom(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ kept: string }>(
    'SELECT extract(epoch FROM kept_from)::text AS kept FROM risk_retention',
  )
  return Number(rows[0]?.kept ?? '-Infinity') * 1_000
}

/**
 * Says that events of more than so many days ago are no longer kept; whole days in UTC. Waits for those who store events at
 * the moment; whoever does so afterwards leaves out older ones. What was given up once stays given up.
 * @param days 1 or more
 * @throws what the database refuses.
 */
export async function moveHistoryCut(client: ClientBase, days: number): Promise<void> {
  await client.query('SELECT risk_move_history_cut($1)', [days])
}

const CHUNKS = `
  SELECT format('%I.%I', chunk_schema, chunk_name) AS name, range_start AS begins, range_end AS ends
  FROM timescaledb_information.chunks WHERE hypertable_name = 'risk_state_history'`

/** Chunks or partitions that hold nothing but what is no longer kept, oldest first. */
export async function expiredParts(client: ClientBase, storage: Storage): Promise<readonly HistoryPart[]> {
  const parts = storage === 'postgresql' ? HISTORY_PARTITIONS : CHUNKS
  const { rows } = await client.query<HistoryPart>(
    `SELECT part.name, part.begins::text, part.ends::text
     FROM (${parts}) AS part, risk_retention WHERE part.ends <= kept_from ORDER BY part.ends`,
  )
  return rows
}

/** So long an event may have to wait behind us, while we wait for somebody who reads for long. */
const LOCK_WITHIN = '1s'

/**
 * Drops a chunk or partition, and keeps the last event of each trader in it: all of that or nothing. Oldest first.
 * @throws what the database refuses; 55P03 where somebody holds the part, or the history, for more than a second.
 */
export async function dropHistoryPart(client: ClientBase, part: HistoryPart): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '${LOCK_WITHIN}'`)
    await client.query('SELECT risk_drop_history_part($1, $2, $3)', [part.name, part.begins, part.ends])
  })
}

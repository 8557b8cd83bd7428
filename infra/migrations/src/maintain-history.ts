import { inTransaction } from '@drawbridge/service-kit'
import type { ClientBase } from 'pg'
import { createPartitionsAhead, HISTORY_PARTITIONS, MONTHS_AHEAD, monthsAhead } from './partitions.ts'
import { detectStorage } from './storage.ts'

/** A chunk or partition of the history. */
export interface HistoryPart {
  /** Qualified and quoted. */
  readonly name: string
  /** It holds events whose `recorded_at` is from here on ... */
  readonly begins: string
  /** ... and before this. */
  readonly ends: string
}

/** The result of maintaining the history. */
export type Maintained =
  | { readonly kind: 'done'; readonly dropped: readonly HistoryPart[] }
  /** Another process is doing it. */
  | { readonly kind: 'busy' }

const LOCK = `hashtextextended('drawbridge maintenance', 0)`
/** Events may have to wait so long behind us, while we wait for a long reader. */
const LOCK_WITHIN = '1s'
const CHUNKS = `
  SELECT format('%I.%I', chunk_schema, chunk_name) AS name, range_start AS begins, range_end AS ends
  FROM timescaledb_information.chunks WHERE hypertable_name = 'risk_state_history'`

/**
 * Creates partitions ahead if the history has partitions, and drops the parts that are no longer kept, oldest first. Holds the
 * lock of those who create and drop parts, one at a time, until the connection ends. After a failure it can be repeated.
 * @param retentionDays 1 or more: older events are no longer kept, by whole days in UTC. Waits for those who store events now;
 *   later ones omit older events. Events that were given up once stay given up. Null: no more are given up
 * @throws what the database refuses; 55P03 if somebody holds a part, or the history, for more than a second.
 */
export async function maintainHistory(client: ClientBase, retentionDays: number | null): Promise<Maintained> {
  const lock = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS taken`)
  if (lock.rows[0]?.taken !== true) return { kind: 'busy' }
  const isPlain = (await detectStorage(client)) === 'postgresql'
  if (isPlain) await createPartitionsAhead(client)
  if (retentionDays !== null) await client.query('SELECT risk_move_history_cut($1)', [retentionDays])
  const { rows: expired } = await client.query<HistoryPart>(
    `SELECT part.name, part.begins::text, part.ends::text
     FROM (${isPlain ? HISTORY_PARTITIONS : CHUNKS}) AS part, risk_retention
     WHERE part.ends <= kept_from ORDER BY part.ends`,
  )
  for (const { name, begins, ends } of expired) {
    // Keeps the last event of each trader in the part.
    await inTransaction(client, async () => {
      await client.query(`SET LOCAL lock_timeout = '${LOCK_WITHIN}'`)
      await client.query('SELECT risk_drop_history_part($1, $2, $3)', [name, begins, ends])
    })
  }
  await client.query('UPDATE risk_retention SET maintained_at = now()')
  return { kind: 'done', dropped: expired }
}

/** Takes the same lock until the transaction ends; waits for as long as it takes. */
export async function maintenanceLockOfTransaction(client: ClientBase): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`)
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

export interface HistoryCondition {
  /** The last successful maintenance of the history; null: there was none. */
  readonly maintainedAt: Date | null
  /** Months after the present one that lack their partition; 0 if the history has no partitions. */
  readonly monthsMissing: number
}

export async function historyCondition(client: ClientBase): Promise<HistoryCondition> {
  const { rows } = await client.query<{ maintained_at: Date | null }>('SELECT maintained_at FROM risk_retention')
  const isPlain = (await detectStorage(client)) === 'postgresql'
  return {
    maintainedAt: rows[0]?.maintained_at ?? null,
    monthsMissing: isPlain ? MONTHS_AHEAD - (await monthsAhead(client)) : 0,
  }
}

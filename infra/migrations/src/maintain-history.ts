import type { ClientBase } from 'pg'
import { tryMaintenanceLock } from './maintenance-lock.ts'
import { createPartitionsAhead, MONTHS_AHEAD, monthsAhead } from './partitions.ts'
import { dropHistoryPart, expiredParts, type HistoryPart, moveHistoryCut } from './retention.ts'
import { detectStorage } from './storage.ts'

/** What became of an attempt to look after the history. */
export type Maintained =
  | { readonly kind: 'done'; readonly dropped: readonly HistoryPart[] }
  /** Somebody else is doing it. */
  | { readonly kind: 'busy' }

/**
 * Makes partitions ahead where the history needs them, and drops what is no longer kept. Takes the maintenance lock, which
 * goes with the connection. One that fails half-way can be repeated at any time.
 * @param retentionDays null: nothing more is given up
 * @throws what the database refuses; 55P03 where somebody was in the way for too long.
 */
export async function maintainHistory(client: ClientBase, retentionDays: number | null): Promise<Maintained> {
  if (!(await tryMaintenanceLock(client))) return { kind: 'busy' }
  const storage = await detectStorage(client)
  if (storage === 'postgresql') await createPartitionsAhead(client)
  if (retentionDays !== null) await moveHistoryCut(client, retentionDays)
  const dropped: HistoryPart[] = []
  for (const part of await expiredParts(client, storage)) {
    await dropHistoryPart(client, part)
    dropped.push(part)
  }
  await client.query('UPDATE risk_retention SET maintained_at = now()')
  return { kind: 'done', dropped }
}

export interface HistoryCondition {
  /** When somebody last looked after the history with success; null: nobody did yet. */
  readonly maintainedAt: Date | null
  /** Months after the present one that lack their partition; 0 where none is needed. */
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

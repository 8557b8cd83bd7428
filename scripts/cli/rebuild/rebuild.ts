import { streams } from '@drawbridge/contracts'
import { claimEpoch, OtherEpochError } from '@drawbridge/history'
import { createHistoryPartitions, detectStorage } from '@drawbridge/migrations'
import { lastSeqOf, type ReadRange } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import { readLogBinding } from '../risk-log.ts'
import { type Merged, mergeConfigs, mergeHistory, mergeSnapshot } from './merge-tables.ts'
import { Shadow, type ShadowCounts } from './shadow.ts'
import { advanceFromHistory, advanceFromShadow, catchUpWithHistory, createShadowState } from './shadow-state.ts'
import { swap } from './swap.ts'

export interface RebuildFromLog {
  readonly connection: NatsConnection
  readonly pool: pg.Pool
  /** Called now and then with the sequence of RISK up to which the shadow is filled, and the last one. */
  readonly onProgress?: (seq: number, end: number) => void
  /** Called when persisters begin to wait. */
  readonly onSwap?: () => void
}

/** How the tables were brought to say what the log says; null: it was not looked at. */
export interface Rebuilt {
  readonly snapshot: Merged
  readonly history: Merged | null
  readonly configurations: Merged | null
  /** What was read of the log; null: nothing was. */
  readonly log: (ShadowCounts & { readonly end: number }) | null
}

/** While the log grows by more than so much as it is copied, it is copied on without anybody waiting, but not for ever. */
const TAIL_MAX = 1_000
const ROUNDS_MAX = 10

/** Makes the history, the history of configurations and the snapshot anew from the log. */
export function rebuildHistory(options: RebuildFromLog): Promise<Rebuilt> {
  return rebuildFromLog(options, 'everything')
}

/** Makes the snapshot anew from the last event of each trader in the log. */
export function rebuildSnapshot(options: RebuildFromLog): Promise<Rebuilt> {
  return rebuildFromLog(options, 'snapshot')
}

/**
 * Fills the shadows up to the end of the log without a lock, and the few events that came meanwhile when persisters wait:
 * then the shadows hold all that any persister can have committed, and what one stores again afterwards is there already.
 */
async function rebuildFromLog(options: RebuildFromLog, what: 'everything' | 'snapshot'): Promise<Rebuilt> {
  const { connection, pool, onProgress = () => undefined, onSwap = () => undefined } = options
  const { created, continues } = await readLogBinding(connection)
  return withOwnClient(pool, async (client) => {
    const claimed = await claimEpoch(client, created)
    if (claimed !== created) throw new OtherEpochError(created, claimed)
    const shadow = await Shadow.create(client, connection, continues)
    let end = await lastSeqOf(connection, streams.risk)
    const first: Omit<ReadRange, 'stream'> = { from: 1, to: end, newestOnly: what === 'snapshot' }
    await shadow.copy(first, (seq) => onProgress(seq, end))
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const now = await lastSeqOf(connection, streams.risk)
      const grown = now - end
      await shadow.copy({ from: end + 1, to: now }, (seq) => onProgress(seq, now))
      end = now
      if (grown <= TAIL_MAX) break
    }
    if (what === 'everything') {
      await createPartitions(client, shadow)
      await client.query('ANALYZE shadow_history')
    }
    await createShadowState(client)
    await advanceFromShadow(client, 0)
    await client.query('ANALYZE shadow_state')
    onSwap()
    const copied = { ...shadow.counts }
    return swap(client, async () => {
      Object.assign(shadow.counts, copied)
      const last = await lastSeqOf(connection, streams.risk)
      if (last > end) {
        await shadow.copyWithin({ from: end + 1, to: last })
        await advanceFromShadow(client, end)
        if (what === 'everything') await createPartitions(client, shadow)
      }
      const history = what === 'everything' ? await mergeHistory(client) : null
      const configurations = what === 'everything' ? await mergeConfigs(client) : null
      const snapshot = await mergeSnapshot(client)
      return { snapshot, history, configurations, log: { ...shadow.counts, end: last } }
    })
  })
}

/** Makes the snapshot anew from the last row of each trader in the history. Needs no log. */
export async function rebuildSnapshotFromHistory(
  pool: pg.Pool,
  onSwap: () => void = () => undefined,
): Promise<Rebuilt> {
  return withOwnClient(pool, async (client) => {
    await createShadowState(client)
    await advanceFromHistory(client)
    await client.query('ANALYZE shadow_state')
    onSwap()
    return swap(client, async () => {
      await catchUpWithHistory(client)
      const snapshot = await mergeSnapshot(client)
      return { snapshot, history: null, configurations: null, log: null }
    })
  })
}

/** Makes the partitions that events of the shadow need, where the history is kept in such. */
async function createPartitions(client: pg.ClientBase, { months }: Shadow): Promise<void> {
  if ((await detectStorage(client)) === 'postgresql') await createHistoryPartitions(client, [...months].sort())
}

/** A connection that ends with the work, and its temporary tables with it. */
async function withOwnClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    // For joins of a shadow with its table.
    await client.query(`SET work_mem = '64MB'`)
    return await work(client)
  } finally {
    client.release(true)
  }
}

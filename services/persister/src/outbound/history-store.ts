import { createHistoryPartitions, detectStorage, type Month, schemaStatus } from '@drawbridge/migrations'
import type pg from 'pg'
import type { Batch } from '../core/batch.ts'
import { databaseFault } from '../core/database-fault.ts'
import { advanceSnapshot } from './advance-snapshot.ts'
import { claimEpoch } from './claim-epoch.ts'
import { insertConfigHistory } from './insert-config-history.ts'
import { insertHistory } from './insert-history.ts'

/** Whether the tables can be written to. */
export type Opened =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-migrated'; readonly reason: string }
  /** The tables were filled from another stream of this name, made at another time. */
  | { readonly kind: 'other-epoch'; readonly theirs: string }

const CHECK_VIOLATION = '23514'

/** History and snapshot, in the database. */
export class HistoryStore {
  readonly #pool: pg.Pool
  /** Null: partitions make themselves. */
  #knownMonths: Set<Month> | null = null

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /**
   * Looks whether the tables are there and are those of this stream; to be called before storing.
   * @throws what the database or the way to it refuses.
   */
  async open(stream: string, created: string): Promise<Opened> {
    return this.#withClient(async (client) => {
      const schema = await schemaStatus(client)
      if (schema !== 'ready') {
        const what = schema === 'missing' ? 'has no tables yet' : 'has tables older than this program'
        return { kind: 'not-migrated', reason: `the database ${what}; bring it up to date with: npm run migrate` }
      }
      const theirs = await claimEpoch(client, stream, created)
      if (theirs !== created) return { kind: 'other-epoch', theirs }
      this.#knownMonths = (await detectStorage(client)) === 'postgresql' ? new Set() : null
      return { kind: 'ready' }
    })
  }

  /**
   * Stores a batch in one transaction: all of it or nothing. Storing it again changes nothing.
   * @returns how many events were new.
   * @throws what the database or the way to it refuses; after a lost COMMIT it may be stored nevertheless.
   */
  async store(batch: Batch): Promise<number> {
    try {
      return await this.#withClient((client) => this.#storeWith(client, batch))
    } catch (error) {
      if (!this.#mayLackPartition(error)) throw error
      return await this.#withClient((client) => this.#storeWith(client, batch))
    }
  }

  /** A partition that was dropped since we knew it, as retention does, is refused like any other row; then none is known. */
  #mayLackPartition(error: unknown): boolean {
    const known = this.#knownMonths
    if (known === null || known.size === 0 || (error as { code?: unknown }).code !== CHECK_VIOLATION) return false
    known.clear()
    return true
  }

  async #storeWith(client: pg.PoolClient, batch: Batch): Promise<number> {
    await this.#createPartitions(client, batch)
    await client.query('BEGIN')
    try {
      const added = batch.events.length === 0 ? 0 : await insertHistory(client, batch.events)
      if (batch.newest.length > 0) await advanceSnapshot(client, batch.newest)
      if (batch.configs.length > 0) await insertConfigHistory(client, batch.configs)
      await client.query('COMMIT')
      return added
    } catch (error) {
      if (databaseFault(error) === 'isolate') await client.query('ROLLBACK')
      throw error
    }
  }

  async #createPartitions(client: pg.PoolClient, batch: Batch): Promise<void> {
    const known = this.#knownMonths
    if (known === null) return
    const missing = new Set<Month>()
    for (const row of batch.events) {
      const month = row.recorded_at.slice(0, 7)
      if (!known.has(month)) missing.add(month)
    }
    if (missing.size === 0) return
    await createHistoryPartitions(client, [...missing].sort())
    for (const month of missing) known.add(month)
  }

  /** A connection on which anything but a refusal of data went wrong is not used again. */
  async #withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let broken = true
    // Dying between two queries is reported by the next one.
    const ignore = () => undefined
    client.on('error', ignore)
    try {
      const result = await work(client)
      broken = false
      return result
    } catch (error) {
      broken = databaseFault(error) !== 'isolate'
      throw error
    } finally {
      client.off('error', ignore)
      client.release(broken)
    }
  }
}

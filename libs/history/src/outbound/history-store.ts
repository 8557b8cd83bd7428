import {
  createHistoryPartitions,
  detectStorage,
  keptFrom,
  type Month,
  monthOf,
  schemaFault,
} from '@drawbridge/migrations'
import type pg from 'pg'
import type { Batch } from '../core/batch.ts'
import { CopyText } from '../core/copy-text.ts'
import { codeOf } from '../core/database-fault.ts'
import { CONFIGS, HISTORY } from '../tables.ts'
import { rowsOf, runTransaction, type Step } from './copy-transaction.ts'
import { claimEpoch, holdEpoch } from './epoch.ts'
import { SharedConnection } from './shared-connection.ts'
import {
  addConfigHistory,
  addHistory,
  addKeptHistory,
  addNewHistory,
  advanceSnapshot,
  isLongAgo,
  OLDEST_COLUMNS,
  OWN_TABLES,
} from './statements.ts'

/** Whether the tables can be written to. */
export type Opened =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-migrated'; readonly reason: string }
  /** The tables were filled from another stream of this name, made at another time. */
  | { readonly kind: 'other-epoch'; readonly theirs: string }

const CHECK_VIOLATION = '23514'
const UNIQUE_VIOLATION = '23505'

/** An adoption takes over what was stored before it ended. */
const KNOWN_SEQ = `SELECT max(stream_seq) AS seq FROM risk_state
WHERE updated_at > coalesce((SELECT max(finished_at) FROM risk_log_adoption), '-infinity')`

/** History and snapshot, in the database. */
export class HistoryStore {
  readonly #connection: SharedConnection
  readonly #prepared = new WeakSet<pg.PoolClient>()
  /** Unused encoders: as many as batches were stored at the same time. */
  readonly #encoders: BatchEncoder[] = []
  /** Null: the database creates partitions itself. */
  #knownMonths: Set<Month> | null = null
  /** Part of each transaction. */
  #hold: Step | null = null
  /** Whether the last events had been stored before: then the next ones may be, too. */
  #comeAgain = false
  /** Whether events of long ago may not be kept any more. */
  #mayBeCut: boolean

  /** @param mayBeCut whether a retention is set; one that somebody else has set is noticed too */
  constructor(pool: pg.Pool, mayBeCut = false) {
    this.#connection = new SharedConnection(pool)
    this.#mayBeCut = mayBeCut
  }

  /**
   * Checks that the tables exist and belong to the RISK created then. Call it before storing.
   * @throws what the database or the way to it refuses.
   */
  async open(created: string): Promise<Opened> {
    return this.#connection.use(async (client) => {
      const reason = await schemaFault(client)
      if (reason !== null) return { kind: 'not-migrated', reason }
      const theirs = await claimEpoch(client, created)
      if (theirs !== created) return { kind: 'other-epoch', theirs }
      this.#hold = holdEpoch(created)
      this.#knownMonths = (await detectStorage(client)) === 'postgresql' ? new Set() : null
      this.#mayBeCut ||= (await keptFrom(client)) > Number.NEGATIVE_INFINITY
      return { kind: 'ready' }
    })
  }

  /**
   * The last message of the log that the tables know; 0: none. Rows that are older than the adoption of the log belong to
   * the log before it.
   */
  async knownSeq(): Promise<number> {
    return this.#connection.use(async (client) => {
      const { rows } = await client.query<{ seq: string | null }>(KNOWN_SEQ)
      return Number(rows[0]?.seq ?? 0)
    })
  }

  /**
   * Stores a batch in one transaction: all of it or nothing. Storing it again changes nothing. Another batch may be given
   * meanwhile: it is encoded and sent at once, and the database has it before it is done with this one.
   * @returns how many events were new.
   * @throws what the database or the way to it refuses; after a lost COMMIT it may be stored nevertheless.
   */
  store(batch: Batch): Promise<number> {
    const encoder = this.#encoders.pop() ?? new BatchEncoder()
    return this.#storeEncoded(encoder.encode(batch), encoder)
  }

  /** A separate function, because the one above would keep the batch in memory until it is stored. */
  async #storeEncoded(encoded: EncodedBatch, encoder: BatchEncoder): Promise<number> {
    const added = await this.#connection.use(async (client) => {
      if (!this.#prepared.has(client)) await this.#prepare(client)
      if (this.#lacks(encoded.months)) await this.#createPartitions(client, encoded.months)
      try {
        return await this.#storeWith(client, encoded)
      } catch (error) {
        if (!this.#mayLackPartition(error)) throw error
        await this.#createPartitions(client, encoded.months)
        return await this.#storeWith(client, encoded)
      }
    })
    // Where it failed, the connection may not have sent everything yet.
    this.#encoders.push(encoder)
    return added
  }

  async #prepare(client: pg.PoolClient): Promise<void> {
    await client.query(OWN_TABLES)
    this.#prepared.add(client)
  }

  async #storeWith(client: pg.PoolClient, encoded: EncodedBatch): Promise<number> {
    const { events, newest, oldestVersions, configs, rows, oldest } = encoded
    const others = [
      ...(newest.length === 0 ? [] : advanceSnapshot(newest, oldestVersions)),
      ...(configs.length === 0 ? [] : addConfigHistory(configs)),
    ]
    if (rows === 0) {
      await this.#run(client, others)
      return 0
    }
    if (this.#mayBeCut && oldest !== null && isLongAgo(oldest, Date.now())) {
      const [, , inserted] = await this.#run(client, [...addKeptHistory(events), ...others])
      return rowsOf(inserted)
    }
    if (!this.#comeAgain) {
      try {
        const [copied] = await this.#run(client, [...addHistory(events), ...others])
        return rowsOf(copied)
      } catch (error) {
        if (codeOf(error) !== UNIQUE_VIOLATION) throw error
      }
    }
    const [, inserted] = await this.#run(client, [...addNewHistory(events), ...others])
    this.#comeAgain = rowsOf(inserted) < rows
    return rowsOf(inserted)
  }

  /** The hold comes first: while somebody binds the tables to another log, we wait there, before anything is copied. */
  async #run(client: pg.PoolClient, steps: readonly Step[]): Promise<readonly string[]> {
    const hold = this.#hold === null ? [] : [this.#hold]
    const tags = await runTransaction(client, [...hold, ...steps])
    return tags.slice(hold.length)
  }

  /** A partition that was dropped since we knew it, as retention does, is refused like any other row; then none is known. */
  #mayLackPartition(error: unknown): boolean {
    const known = this.#knownMonths
    if (known === null || known.size === 0 || codeOf(error) !== CHECK_VIOLATION) return false
    known.clear()
    this.#mayBeCut = true
    return true
  }

  #lacks(months: readonly Month[]): boolean {
    const known = this.#knownMonths
    return known !== null && !months.every((month) => known.has(month))
  }

  async #createPartitions(client: pg.PoolClient, months: readonly Month[]): Promise<void> {
    const known = this.#knownMonths
    const missing = months.filter((month) => known?.has(month) === false)
    await createHistoryPartitions(client, missing)
    for (const month of missing) known?.add(month)
  }
}

/** A batch as COPY reads it. */
interface EncodedBatch {
  /** Empty where it has none, as the others. */
  readonly events: Buffer
  readonly newest: Buffer
  /** The oldest event of each trader that has several. */
  readonly oldestVersions: Buffer
  readonly configs: Buffer
  /** How many events. */
  readonly rows: number
  /** Months of the events, by the partition key. */
  readonly months: readonly Month[]
  /** The oldest of these partition keys; null: there is no event. */
  readonly oldest: string | null
}

/** Encodes one batch after the other, in the same memory. */
class BatchEncoder {
  readonly #events = new CopyText(HISTORY.columns)
  readonly #newest = new CopyText(HISTORY.columns)
  readonly #oldest = new CopyText(OLDEST_COLUMNS)
  readonly #configs = new CopyText(CONFIGS.columns)

  /** What it gives holds until the next call. */
  encode({ events, newest, configs }: Batch): EncodedBatch {
    this.#events.clear()
    this.#newest.clear()
    this.#oldest.clear()
    this.#configs.clear()
    const months = new Set<Month>()
    let oldest: string | null = null
    let known = 0
    let isFirst = true
    for (const row of events) {
      if (oldest === null || row.recorded_at < oldest) oldest = row.recorded_at
      this.#events.add(row)
      months.add(monthOf(row.recorded_at))
      // The newest ones are some of the events, in their order.
      if (row !== newest[known]) {
        if (isFirst) this.#oldest.add(row)
        isFirst = false
        continue
      }
      isFirst = true
      this.#newest.addLastOf(this.#events)
      known += 1
    }
    for (const row of configs) this.#configs.add(row)
    return {
      events: this.#events.bytes,
      newest: this.#newest.bytes,
      oldestVersions: this.#oldest.bytes,
      configs: this.#configs.bytes,
      rows: events.length,
      months: [...months].sort(),
      oldest,
    }
  }
}

import type { Batch } from '../../services/persister/src/core/batch.ts'
import type { HistoryRow } from '../../services/persister/src/core/history-row.ts'
import type { HistoryStore, Opened } from '../../services/persister/src/outbound/history-store.ts'
import { outside } from './process.ts'
import type { Random } from './random.ts'

/** What the database does wrong now. */
export interface DatabaseFaults {
  /** It cannot be reached. */
  away: boolean
  /** How likely a transaction fails before its COMMIT. */
  fails: number
  /** How likely it is committed and the answer is lost. */
  losesAnswers: number
  /** How long a transaction takes at most, milliseconds. */
  slowMs: number
}

export const HEALTHY: Readonly<DatabaseFaults> = { away: false, fails: 0, losesAnswers: 0, slowMs: 8 }

/** What a transaction has done. */
export interface Commit {
  readonly by: string
  readonly batch: Batch
  /** How many rows were new. */
  readonly added: number
}

/** The tables, as versions: a transaction happens at one moment, all of it or nothing. */
export class Database {
  readonly faults: DatabaseFaults = { ...HEALTHY }
  /** By {@link historyKey}. */
  readonly history = new Map<string, HistoryRow>()
  /** By trader. */
  readonly snapshot = new Map<string, HistoryRow>()
  /** By kind and input. */
  readonly configs = new Set<string>()
  onCommit: (commit: Commit) => void = () => undefined
  /** A transaction of that node has begun. */
  onBegin: (by: string) => void = () => undefined
  readonly #random: Random
  readonly #refusedEvery: number | null
  #epoch: string | null = null

  /** @param refusedEvery it refuses each event with a version that is a multiple of it; null: none */
  constructor(random: Random, refusedEvery: number | null) {
    this.#random = random
    this.#refusedEvery = refusedEvery
  }

  /** Whether it takes an event of that version. */
  refuses(version: number): boolean {
    return this.#refusedEvery !== null && version % this.#refusedEvery === 0
  }

  /** The way that one persister has to it; closed, nothing that is under way happens any more. */
  connect(by: string): DatabaseConnection {
    return new DatabaseConnection(this, by, this.#random)
  }

  claimEpoch(created: string): string {
    this.#epoch ??= created
    return this.#epoch
  }

  /** @throws where it refuses a row; then nothing is stored */
  commit(by: string, batch: Batch): number {
    if (batch.events.some(({ version }) => this.refuses(version))) throw failure('numeric field overflow', '22003')
    let added = 0
    for (const row of batch.events) {
      const key = historyKey(row.trader_id, row.version, row.recorded_at)
      if (this.history.has(key)) continue
      this.history.set(key, row)
      added += 1
    }
    for (const row of batch.newest) {
      const known = this.snapshot.get(row.trader_id)
      if (known === undefined || known.version < row.version) this.snapshot.set(row.trader_id, row)
    }
    for (const row of batch.configs) this.configs.add(`${row.kind} ${row.input_seq}`)
    this.onCommit({ by, batch, added })
    return added
  }
}

export function historyKey(trader: string, version: number, recordedAt: string): string {
  return `${trader} ${version} ${recordedAt}`
}

/** Stands in for {@link HistoryStore}. */
export class DatabaseConnection implements Pick<HistoryStore, 'open' | 'store'> {
  readonly #database: Database
  readonly #by: string
  readonly #random: Random
  #closed = false

  constructor(database: Database, by: string, random: Random) {
    this.#database = database
    this.#by = by
    this.#random = random
  }

  /** The process is dead: what it has not committed never is, and nobody hears of the rest. */
  close(): void {
    this.#closed = true
  }

  async open(_stream: string, created: string): Promise<Opened> {
    await this.#reach()
    const theirs = this.#database.claimEpoch(created)
    return theirs === created ? { kind: 'ready' } : { kind: 'other-epoch', theirs }
  }

  async store(batch: Batch): Promise<number> {
    this.#database.onBegin(this.#by)
    await this.#reach()
    const { faults } = this.#database
    if (this.#random.chance(faults.fails)) throw failure('Connection terminated unexpectedly')
    const added = this.#database.commit(this.#by, batch)
    const lost = this.#random.chance(faults.losesAnswers)
    await this.#wait(2)
    if (lost) throw failure('Connection terminated unexpectedly')
    return added
  }

  async #reach(): Promise<void> {
    await this.#wait(this.#database.faults.slowMs)
    if (this.#database.faults.away) throw failure('connect ECONNREFUSED', 'ECONNREFUSED')
  }

  #wait(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      // What is under way in the database goes on while the process that asks is stopped.
      outside(() =>
        setTimeout(
          () => {
            if (!this.#closed) resolve()
          },
          this.#random.between(0, mostMs),
        ),
      )
    })
  }
}

/** An error as `pg` gives it. */
function failure(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

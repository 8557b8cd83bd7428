import type { Batch, HistoryRow, HistoryStore, Opened } from '@drawbridge/history'
import type { Random } from '@drawbridge/testing/random'
import type { Moment } from './awaits.ts'
import { currentProcess, outside } from './process.ts'

/** The present faults of the database. */
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

/** The most that a COMMIT takes whose process no longer waits: others may have continued meanwhile. */
const UNHEARD_WITHIN_MS = 500

/** A transaction that was committed. */
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
  /** Called when a persister waits for the database, before anything follows from that. */
  onAwait: (by: string, moment: Moment) => void = () => undefined
  readonly #random: Random
  readonly #cut = new Set<string>()
  readonly #refusedEvery: number | null
  #epoch: string | null = null

  /** @param refusedEvery the database refuses each event whose version is a multiple of this; null: none */
  constructor(random: Random, refusedEvery: number | null) {
    this.#random = random
    this.#refusedEvery = refusedEvery
  }

  /** Whether it refuses an event of that version. */
  refuses(version: number): boolean {
    return this.#refusedEvery !== null && version % this.#refusedEvery === 0
  }

  takes(batch: Batch): boolean {
    return !batch.events.some(({ version }) => this.refuses(version))
  }

  /** The connection of one persister; once closed, its waiting work never happens. */
  connect(by: string): DatabaseConnection {
    return new DatabaseConnection(this, by, this.#random)
  }

  /** Breaks the connection of that process; it gets no other one until {@link heal}. */
  cut(by: string): void {
    this.#cut.add(by)
  }

  heal(by: string): void {
    this.#cut.delete(by)
  }

  isCut(by: string): boolean {
    return this.#cut.has(by)
  }

  claimEpoch(created: string): string {
    this.#epoch ??= created
    return this.#epoch
  }

  /** @throws if it refuses a row; then nothing is stored */
  commit(by: string, batch: Batch): number {
    if (!this.takes(batch)) throw failure('numeric field overflow', '22003')
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

  /** The process is dead: open transactions are never committed, and no answer arrives. */
  close(): void {
    this.#closed = true
  }

  open(created: string): Promise<Opened> {
    return told(this.#open(created))
  }

  store(batch: Batch): Promise<number> {
    return told(this.#store(batch))
  }

  async #open(created: string): Promise<Opened> {
    this.#at('asks')
    await this.#reach()
    const theirs = this.#database.claimEpoch(created)
    this.#at('answered')
    return theirs === created ? { kind: 'ready' } : { kind: 'other-epoch', theirs }
  }

  async #store(batch: Batch): Promise<number> {
    this.#database.onBegin(this.#by)
    this.#at('asks')
    await this.#reach()
    // A process that is stopped during a transaction commits when it continues.
    await currentProcess()?.going()
    const { faults } = this.#database
    if (this.#random.chance(faults.fails)) throw failure('Connection terminated unexpectedly')
    this.#database.onAwait(this.#by, 'commits')
    if (this.#closed || this.#database.isCut(this.#by)) return this.#commitUnheard(batch)
    const added = this.#database.commit(this.#by, batch)
    this.#at('committed')
    const lost = this.#random.chance(faults.losesAnswers)
    await this.#wait(2)
    if (lost) throw failure('Connection terminated unexpectedly')
    this.#database.onAwait(this.#by, 'answered')
    return added
  }

  /** The COMMIT was sent, and the database executes it although no process waits for the answer. */
  async #commitUnheard(batch: Batch): Promise<never> {
    const commit = () => {
      if (this.#database.takes(batch)) this.#database.commit(this.#by, batch)
    }
    outside(() => setTimeout(commit, this.#random.between(0, UNHEARD_WITHIN_MS)))
    if (this.#closed) return NEVER
    throw failure('Connection terminated unexpectedly')
  }

  async #reach(): Promise<void> {
    await this.#wait(this.#database.faults.slowMs)
    if (this.#database.faults.away || this.#database.isCut(this.#by)) {
      throw failure('connect ECONNREFUSED', 'ECONNREFUSED')
    }
  }

  /** @throws if the connection breaks at this moment */
  #at(moment: Moment): void {
    this.#database.onAwait(this.#by, moment)
    if (this.#database.isCut(this.#by)) throw failure('Connection terminated unexpectedly')
  }

  #wait(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      // The database continues its work while the process is stopped.
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

/** A stopped process gets the answer when it continues. */
async function told<T>(answer: Promise<T>): Promise<T> {
  const process = currentProcess()
  try {
    return await answer
  } finally {
    await process?.going()
  }
}

/** The answer for a dead process. */
const NEVER: Promise<never> = new Promise(() => undefined)

/** An error like those of `pg`. */
function failure(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

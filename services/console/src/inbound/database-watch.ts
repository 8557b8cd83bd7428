import { type DatabaseState, type HistoryReader, isTooSlow, readDatabaseState } from '@drawbridge/history/reads'
import type { Logger } from '@drawbridge/service-kit'
import { historyFault } from '../history-fault.ts'

const LOOK_EVERY_MS = 2_000

/** Whether the history can be read. */
export interface DatabaseHealth {
  /** Why it cannot be read; null: it can. */
  readonly away: string | null
  /** Since when that is so, as far as this console knows: an instant in milliseconds. */
  readonly since: number
  /** Null: it is away. */
  readonly state: DatabaseState | null
}

/** Asks the database again and again how it is, so that people know since when it is away. */
export class DatabaseWatch {
  readonly #reader: HistoryReader
  readonly #log: Logger
  readonly #lookEveryMs: number
  #timer: NodeJS.Timeout | undefined
  #isStopped = false
  #told: DatabaseHealth | null = null

  /** @param reader with a connection of its own: those of people may all be in use, which is no outage */
  constructor(reader: HistoryReader, log: Logger, lookEveryMs = LOOK_EVERY_MS) {
    this.#reader = reader
    this.#log = log
    this.#lookEveryMs = lookEveryMs
  }

  /** Null: it has not answered yet, and has not failed. */
  get told(): DatabaseHealth | null {
    return this.#told
  }

  start(): void {
    void this.#look()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const seen = await this.#ask()
    if (this.#isStopped) return
    const before = this.#told
    const isAsBefore = before !== null && (before.away === null) === (seen.away === null)
    this.#told = { ...seen, since: isAsBefore ? before.since : Date.now() }
    if (!isAsBefore && seen.away !== null) this.#log.warn({ reason: seen.away }, 'the history cannot be read')
    if (!isAsBefore && before !== null && seen.away === null) this.#log.info('the history can be read again')
    this.#timer = setTimeout(() => void this.#look(), this.#lookEveryMs)
  }

  async #ask(): Promise<Omit<DatabaseHealth, 'since'>> {
    try {
      return { away: null, state: await this.#reader.read(readDatabaseState) }
    } catch (error) {
      return { away: reasonOf(error), state: null }
    }
  }
}

function reasonOf(error: unknown): string {
  if (isTooSlow(error)) return 'the history cannot be read: the database answers too late. What is live goes on.'
  const fault = historyFault(error)
  return fault instanceof Error ? fault.message : String(fault)
}

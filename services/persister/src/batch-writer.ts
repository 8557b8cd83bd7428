import { Backoff, type Logger, type Rejects } from '@drawbridge/service-kit'
import type { JsMsg } from '@nats-io/jetstream'
import { batchOf } from './core/batch.ts'
import { databaseFault } from './core/database-fault.ts'
import { type Reading, type RiskMessage, readMessage } from './core/read-message.ts'
import type { DatabaseWatch } from './database-watch.ts'
import { natsAway } from './inbound/nats-away.ts'
import { riskMessage } from './inbound/risk-consumer.ts'
import type { HistoryStore } from './outbound/history-store.ts'
import type { PersisterMetrics } from './persister-metrics.ts'

export interface BatchWriterParts {
  readonly store: HistoryStore
  readonly rejects: Rejects
  readonly database: DatabaseWatch
  readonly metrics: PersisterMetrics
  readonly log: Logger
}

const RETRY_MIN_MS = 50
const RETRY_MAX_MS = 5_000

/** A message with what is to be kept of it. */
interface Item {
  readonly message: JsMsg
  readonly risk: RiskMessage
  readonly reading: Reading
}

/** An item that cannot be stored, and why. */
interface Refusal {
  readonly item: Item
  readonly reason: string
}

/** Thrown to leave a batch behind when the service stops; whoever comes next gets it again. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Brings batches into the database, or into REJECTS what does not fit there, and acks them. */
export class BatchWriter {
  readonly #parts: BatchWriterParts
  readonly #stopping: AbortSignal
  #rejectsWait: string | null = null

  constructor(parts: BatchWriterParts, stopping: AbortSignal) {
    this.#parts = parts
    this.#stopping = stopping
  }

  /** Why REJECTS takes nothing now; null: it does, or nothing was to be rejected. */
  get rejectsWait(): string | null {
    return this.#rejectsWait
  }

  /**
   * Stores a batch, however long the database is away, and acks it; what cannot be stored is acked when REJECTS has it.
   * @throws Stopped, and whatever waiting does not help.
   */
  async write(messages: readonly JsMsg[]): Promise<void> {
    const { metrics } = this.#parts
    const refusals: Refusal[] = []
    const readable: Item[] = []
    for (const message of messages) {
      const risk = riskMessage(message)
      const item: Item = { message, risk, reading: readMessage(risk) }
      if (item.reading.kind === 'refused') refusals.push({ item, reason: item.reading.reason })
      else readable.push(item)
    }
    if (readable.length > 0) {
      const endTimer = metrics.batchSeconds.startTimer()
      refusals.push(...(await this.#storeOrIsolate(readable)))
      endTimer()
      metrics.batches.inc()
    }
    const refused = new Set(refusals.map((refusal) => refusal.item.message))
    for (const message of messages) if (!refused.has(message)) message.ack()
    for (const refusal of refusals) await this.#reject(refusal)
  }

  /** Halves what the database refuses until the items at fault are alone; stores all others. */
  async #storeOrIsolate(items: readonly Item[]): Promise<readonly Refusal[]> {
    try {
      await this.#storeWhenPossible(items)
      return []
    } catch (error) {
      if (databaseFault(error) !== 'isolate') throw error
      const [only] = items
      if (items.length === 1 && only !== undefined) return [{ item: only, reason: databaseReason(error) }]
      const middle = items.length >> 1
      const first = await this.#storeOrIsolate(items.slice(0, middle))
      return [...first, ...(await this.#storeOrIsolate(items.slice(middle)))]
    }
  }

  async #storeWhenPossible(items: readonly Item[]): Promise<void> {
    const { store, database, metrics } = this.#parts
    const batch = batchOf(items.map((item) => item.reading))
    const backoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
    for (;;) {
      try {
        const added = await store.store(batch)
        metrics.rows.inc(added)
        metrics.duplicateRows.inc(batch.events.length - added)
        database.isThere()
        return
      } catch (error) {
        if (databaseFault(error) !== 'retry') throw error
        metrics.retries.inc()
        // Nothing is taken meanwhile, so no more is asked for: memory holds what is in hand, and the log keeps the rest.
        database.isAway(databaseReason(error))
        if (this.#stopping.aborted) throw new Stopped()
        await backoff.wait(this.#stopping)
      }
    }
  }

  async #reject({ item, reason }: Refusal): Promise<void> {
    const { rejects, metrics, log } = this.#parts
    const backoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
    for (;;) {
      try {
        await rejects.keep({ ...item.risk, payload: item.risk.data }, reason)
        break
      } catch (error) {
        const away = natsAway(error)
        if (away === null) throw error
        if (this.#rejectsWait === null) log.warn({ reason: away }, 'REJECTS takes nothing; waiting')
        this.#rejectsWait = `an event waits to be rejected: ${away}`
        if (this.#stopping.aborted) throw new Stopped()
        await backoff.wait(this.#stopping)
      }
    }
    this.#rejectsWait = null
    item.message.ack()
    metrics.rejected.inc()
    log.warn({ subject: item.risk.subject, seq: item.risk.seq, reason }, 'event rejected')
  }
}

/** An error of the database in words for an operator. */
export function databaseReason(error: unknown): string {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return `the database says: ${message}${code}`
}

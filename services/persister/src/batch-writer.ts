import { traceField } from '@drawbridge/contracts'
import {
  batchOf,
  CONTRADICTION,
  codeOf,
  databaseReason,
  type HistoryStore,
  inHalves,
  type Reading,
  readMessage,
  untilTaken,
} from '@drawbridge/history'
import { Backoff } from '@drawbridge/nats'
import type { Logger, Rejects, Tracing } from '@drawbridge/service-kit'
import type { DatabaseWatch } from './database-watch.ts'
import type { DeliveredEvent } from './inbound/delivered-event.ts'
import { natsAway } from './inbound/nats-away.ts'
import type { Attempted } from './persistence-series.ts'
import type { PersisterMetrics } from './persister-metrics.ts'
import { traceStoring } from './trace-storing.ts'

export interface BatchWriterParts {
  readonly store: HistoryStore
  readonly rejects: Rejects
  readonly database: DatabaseWatch
  readonly metrics: PersisterMetrics
  /** Off if not given. */
  readonly tracing?: Tracing | null
  readonly log: Logger
}

const RETRY_MIN_MS = 50
const RETRY_MAX_MS = 5_000

/** A message that cannot be stored, and why. */
interface Refusal {
  readonly message: DeliveredEvent
  readonly reason: string
}

/** A batch on its way into the database. */
interface Attempt {
  readonly events: number
  readonly added: Promise<number>
  /** What cannot be read, and is no part of it. */
  readonly unreadable: readonly Refusal[]
  /** Null where metrics are off. */
  readonly attempted: Attempted | null
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
  #contradiction: string | null = null
  #inHand = 0

  constructor(parts: BatchWriterParts, stopping: AbortSignal) {
    this.#parts = parts
    this.#stopping = stopping
  }

  /** Why REJECTS takes nothing now; null: it does, or nothing was to be rejected. */
  get rejectsWait(): string | null {
    return this.#rejectsWait
  }

  /** The first event that contradicts the history, in words; null: none did. */
  get contradiction(): string | null {
    return this.#contradiction
  }

  /** How many events were given to it and are not acknowledged. */
  get inHand(): number {
    return this.#inHand
  }

  /**
   * Stores a batch, however long the database is away, and acks it; what cannot be stored is acked when REJECTS has it.
   * @throws Stopped, and whatever waiting does not help.
   */
  async write(messages: readonly DeliveredEvent[]): Promise<void> {
    const { metrics, tracing = null } = this.#parts
    this.#inHand += messages.length
    const traced = tracing === null ? [] : traceStoring(tracing, messages)
    let error: string | undefined = 'not-stored'
    try {
      const since = performance.now()
      const refusals = await inHalves(messages, this.#storeWhenPossible, this.#refused)
      metrics.batchSeconds?.observe((performance.now() - since) / 1_000)
      const refused = new Set(refusals.map((refusal) => refusal.message))
      for (const message of messages) if (!refused.has(message)) message.ack()
      error = undefined
      for (const refusal of refusals) await this.#reject(refusal)
    } finally {
      for (const step of traced) step.end({}, error)
      this.#inHand -= messages.length
    }
  }

  readonly #refused = (message: DeliveredEvent, error: unknown): readonly Refusal[] => {
    const reason = databaseReason(error)
    if (codeOf(error) === CONTRADICTION) this.#contradicts(message, reason)
    return [{ message, reason }]
  }

  /** The log was restored from an older copy, or began again: both say something else of the same version. */
  #contradicts({ subject, seq }: DeliveredEvent, reason: string): void {
    const { metrics, log } = this.#parts
    metrics.contradictions.inc()
    if (this.#contradiction !== null) return
    this.#contradiction = `event ${seq} of RISK (${subject}) contradicts the history: ${reason}`
    log.error({ subject, seq, reason }, 'the risk log contradicts the history')
  }

  readonly #storeWhenPossible = (messages: readonly DeliveredEvent[]): Promise<readonly Refusal[]> => {
    const { database, metrics } = this.#parts
    const since = performance.now()
    const onFailed = (error: unknown) => {
      metrics.retries.inc()
      // Nothing is taken meanwhile, so no more is asked for: memory holds what is in hand, and the log keeps the rest.
      database.failed(error)
      if (this.#stopping.aborted) throw new Stopped()
    }
    return untilTaken(() => this.#store(messages, since), onFailed, this.#stopping)
  }

  async #store(messages: readonly DeliveredEvent[], since: number): Promise<readonly Refusal[]> {
    const { database, metrics } = this.#parts
    try {
      const { events, added, unreadable, attempted } = this.#attempt(messages, since)
      const rows = await added
      if (attempted !== null) metrics.persistence?.stored(attempted)
      if (events > 0) metrics.batches.inc()
      metrics.rows.inc(rows)
      metrics.duplicateRows.inc(events - rows)
      database.isThere()
      return unreadable
    } catch (error) {
      metrics.persistence?.failed(messages)
      throw error
    }
  }

  /**
   * Reads the messages and gives them to the store, all at once: what is read of them is many times as large as they are,
   * and is garbage again before anything is waited for. To be read once more is what a second attempt costs.
   */
  #attempt(messages: readonly DeliveredEvent[], since: number): Attempt {
    const { store, metrics } = this.#parts
    const readings: Reading[] = []
    const unreadable: Refusal[] = []
    for (const message of messages) {
      const reading = readMessage(message)
      if (reading.kind === 'refused') unreadable.push({ message, reason: reading.reason })
      else readings.push(reading)
    }
    const batch = batchOf(readings)
    const added = readings.length === 0 ? Promise.resolve(0) : store.store(batch)
    const attempted = metrics.persistence?.attempted(readings, since) ?? null
    return { events: batch.events.length, added, unreadable, attempted }
  }

  async #reject({ message, reason }: Refusal): Promise<void> {
    const { rejects, metrics, log } = this.#parts
    const { subject, data, seq, traceparent } = message
    const backoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
    for (;;) {
      try {
        await rejects.keep({ subject, seq, payload: data, traceparent }, reason)
        break
      } catch (error) {
        const away = natsAway(error)
        if (away === null) throw error
        if (this.#rejectsWait === null) log.warn({ reason: away }, 'REJECTS is not accepting messages; retrying')
        this.#rejectsWait = `an event waits to be rejected: ${away}`
        if (this.#stopping.aborted) throw new Stopped()
        await backoff.wait(this.#stopping)
      }
    }
    this.#rejectsWait = null
    message.ack()
    metrics.rejected.inc()
    log.warn({ subject, seq, reason, ...traceField(traceparent) }, 'event rejected')
  }
}

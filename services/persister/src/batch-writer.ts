import { durables, parseEventSubject, traceField } from '@drawbridge/contracts'
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
import { type Logger, type Rejects, spanAttributes, type TracedStep, type Tracing } from '@drawbridge/service-kit'
import type { DatabaseWatch } from './database-watch.ts'
import type { DeliveredEvent } from './inbound/event-pull.ts'
import { natsAway } from './inbound/nats-away.ts'
import type { Attempted, PersisterMetrics } from './persister-metrics.ts'

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
  /** Messages that cannot be read, and are not part of it. */
  readonly unreadable: readonly Refusal[]
  /** Null if metrics are off. */
  readonly attempted: Attempted | null
}

/** Thrown to drop a batch when the service stops; it is delivered again to another persister. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Stores batches in the database, or in REJECTS what does not fit there, and acks them. */
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

  /** Why REJECTS accepts nothing now; null: it does, or nothing had to be rejected. */
  get rejectsWait(): string | null {
    return this.#rejectsWait
  }

  /** The first event that contradicts the history, in words; null: none. */
  get contradiction(): string | null {
    return this.#contradiction
  }

  /** How many events it was given and has not acknowledged. */
  get inHand(): number {
    return this.#inHand
  }

  /**
   * Stores a batch, however long the database is away, and acks it; what cannot be stored is acked when REJECTS has it.
   * @throws Stopped, and errors that waiting does not cure.
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

  /** The log was restored from an older copy, or began again: log and history differ about the same version. */
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
      // No batch is taken meanwhile, so no more events are asked for: memory holds these, and the log keeps the rest.
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
   * Reads the messages and gives them to the store, without waiting in between: what is read from them is many times as
   * large as they are, and is garbage again before anything is waited for. The price: a second attempt reads them again.
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

/** Continues the traces of events that are stored together: a span for each that is sampled. */
function traceStoring(tracing: Tracing, messages: readonly DeliveredEvent[]): readonly TracedStep[] {
  const steps: TracedStep[] = []
  for (const { subject, seq, traceparent } of messages) {
    const address = parseEventSubject(subject)
    if (traceparent === '' || address.kind !== 'trader') continue
    const step = tracing.follow(traceparent, {
      operation: 'process',
      template: `${subject.slice(0, -address.trader.length)}{trader}`,
      subject,
      attributes: {
        [spanAttributes.consumerGroup]: durables.persister,
        [spanAttributes.batchCount]: messages.length,
        [spanAttributes.trader]: address.trader,
        [spanAttributes.eventSeq]: seq,
      },
    })
    if (step !== null) steps.push(step)
  }
  return steps
}

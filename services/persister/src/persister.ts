import { streams } from '@drawbridge/contracts'
import { databaseReason, hasAdvice, isTransient, OtherEpochError } from '@drawbridge/history'
import { Backoff } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { BatchWriter, type BatchWriterParts, Stopped } from './batch-writer.ts'
import { inBatches } from './inbound/batches.ts'
import { EventPull } from './inbound/event-pull.ts'
import { natsAway } from './inbound/nats-away.ts'
import type { PersistenceSwitch } from './inbound/persistence-switch.ts'
import { ensureRiskConsumer } from './inbound/risk-consumer.ts'

export interface PersisterParts extends BatchWriterParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly persistence: PersistenceSwitch
  /** Events in a batch, at most. */
  readonly batchSize: number
  /** A batch that is not full is stored this long after its first event. */
  readonly flushIntervalMs: number
}

const RETRY_MIN_MS = 50
const RETRY_MAX_MS = 5_000

/** The database refuses what waiting does not cure; the message says what to do. Needs an operator. */
class DatabaseRefusalError extends Error {
  override readonly name = 'DatabaseRefusalError'
  readonly recoverable = false

  constructor(cause: unknown) {
    super(databaseReason(cause), { cause })
  }
}

/** Carries events from RISK into the database, for ever. */
export class Persister {
  readonly #parts: PersisterParts
  readonly #stopping: AbortSignal
  readonly writer: BatchWriter
  readonly #backoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
  #natsWait: string | null = 'not connected yet'
  #pull: EventPull | null = null

  constructor(parts: PersisterParts, stopping: AbortSignal) {
    this.#parts = parts
    this.#stopping = stopping
    this.writer = new BatchWriter(parts, stopping)
  }

  /** Why no events come from RISK; null: they do. */
  get natsWait(): string | null {
    return this.#natsWait
  }

  /** How many events were delivered to it that it has not acknowledged. */
  get inFlight(): number {
    return (this.#pull?.waiting ?? 0) + this.writer.inHand
  }

  /**
   * Asks for no more events; the ones that still arrive are stored, then stream and tables are checked again. To be called
   * after a reconnect: the stream may be another one by now.
   */
  lookAgain(): void {
    this.#pull?.end()
  }

  /**
   * Runs until the service stops.
   * @throws OtherEpochError, DatabaseRefusalError, and other errors that waiting does not cure.
   */
  async run(): Promise<void> {
    const { persistence } = this.#parts
    const lookAgain = () => this.lookAgain()
    const forget = persistence.onChange(lookAgain)
    this.#stopping.addEventListener('abort', lookAgain)
    try {
      while (!this.#stopping.aborted) {
        await persistence.untilOn(this.#stopping)
        if (this.#stopping.aborted) return
        const pull = await this.#open()
        if (pull === null || !(await this.#consume(pull))) await this.#backoff.wait(this.#stopping)
      }
    } catch (error) {
      if (error instanceof Stopped) return
      throw hasAdvice(error) ? new DatabaseRefusalError(error) : error
    } finally {
      forget()
      this.#stopping.removeEventListener('abort', lookAgain)
    }
  }

  /** Checks that stream and tables exist and belong together, and begins to pull; null: not yet. */
  async #open(): Promise<EventPull | null> {
    const { connection, manager, store, database, batchSize } = this.#parts
    try {
      const { created } = await manager.streams.info(streams.risk)
      const opened = await store.open(created)
      if (opened.kind === 'other-epoch') throw new OtherEpochError(created, opened.theirs)
      if (opened.kind === 'not-migrated') {
        database.isAway(opened.reason)
        return null
      }
      database.isThere()
      await ensureRiskConsumer(manager)
      const pull = new EventPull(connection, batchSize)
      this.#natsWait = null
      return pull
    } catch (error) {
      this.#waitOrThrow(error)
      return null
    }
  }

  /** Takes events until the pull ends; false if it broke. */
  async #consume(pull: EventPull): Promise<boolean> {
    const { batchSize, flushIntervalMs, persistence, metrics } = this.#parts
    this.#pull = pull
    // It may have been switched off, or the service stopped, while the pull was being opened.
    if (!persistence.on || this.#stopping.aborted) pull.end()
    metrics.consuming.set(1)
    try {
      await inBatches(pull, batchSize, flushIntervalMs, (messages) => {
        this.#backoff.reset()
        return this.writer.write(messages)
      })
      return true
    } catch (error) {
      this.#waitOrThrow(error)
      return false
    } finally {
      this.#pull = null
      pull.abandon()
      metrics.consuming.set(0)
    }
  }

  #waitOrThrow(error: unknown): void {
    const { database, log } = this.#parts
    if (isTransient(error)) {
      database.failed(error)
      return
    }
    const away = natsAway(error)
    if (away === null) throw error
    if (this.#natsWait !== away) log.warn({ reason: away }, 'no events come from RISK; waiting')
    this.#natsWait = away
  }
}

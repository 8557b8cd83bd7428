import { streams } from '@drawbridge/contracts'
import { Backoff, type Logger } from '@drawbridge/service-kit'
import type { ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { batchOf } from './core/batch.ts'
import { databaseFault } from './core/database-fault.ts'
import { type Reading, type RiskMessage, readMessage } from './core/read-message.ts'
import { inBatches } from './inbound/batches.ts'
import { natsAway } from './inbound/nats-away.ts'
import type { PersistenceSwitch } from './inbound/persistence-switch.ts'
import { ensureRiskConsumer, pullEvents, riskMessage } from './inbound/risk-consumer.ts'
import { OtherEpochError } from './other-epoch.ts'
import type { HistoryStore } from './outbound/history-store.ts'
import type { Rejects } from './outbound/rejects.ts'
import type { PersisterMetrics } from './persister-metrics.ts'

export interface PersisterParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly persistence: PersistenceSwitch
  readonly store: HistoryStore
  readonly rejects: Rejects
  readonly metrics: PersisterMetrics
  readonly log: Logger
  /** Events in a batch, at most. */
  readonly batchSize: number
  /** A batch that is not full is stored so long after its first event was taken. */
  readonly flushIntervalMs: number
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
class Stopped extends Error {}

/** Carries events from RISK into the database, for ever. */
export class Persister {
  readonly #parts: PersisterParts
  readonly #stopping: AbortSignal
  readonly #connectBackoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
  #databaseWait: string | null = 'not connected yet'
  #natsWait: string | null = 'not connected yet'
  #rejectsWait: string | null = null
  #pull: ConsumerMessages | null = null

  constructor(parts: PersisterParts, stopping: AbortSignal) {
    this.#parts = parts
    this.#stopping = stopping
  }

  /** Why the database takes nothing now; null: it does. */
  get databaseWait(): string | null {
    return this.#databaseWait
  }

  /** Why no events come from NATS; null: they do. */
  get natsWait(): string | null {
    return this.#natsWait
  }

  /** Why REJECTS takes nothing now; null: it does, or nothing was to be rejected. */
  get rejectsWait(): string | null {
    return this.#rejectsWait
  }

  /**
   * Ends the pull in hand; what it holds is still stored, then everything is looked at anew. To be called when the
   * connection has come back: the stream may be another one by now.
   */
  lookAgain(): void {
    this.#pull?.close().catch(() => undefined)
    this.#pull = null
  }

  /**
   * Runs until the service stops.
   * @throws OtherEpochError, and whatever waiting does not help.
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
        if (pull === null) await this.#connectBackoff.wait(this.#stopping)
        else await this.#consume(pull)
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
    } finally {
      forget()
      this.#stopping.removeEventListener('abort', lookAgain)
      this.lookAgain()
    }
  }

  /** Looks whether stream and tables are there and belong together, and begins to pull; null: not yet. */
  async #open(): Promise<ConsumerMessages | null> {
    const { connection, manager, store, batchSize } = this.#parts
    try {
      const { created } = await manager.streams.info(streams.risk)
      const opened = await store.open(streams.risk, created)
      if (opened.kind === 'other-epoch') throw new OtherEpochError(created, opened.theirs)
      if (opened.kind === 'not-migrated') {
        this.#databaseIsAway(opened.reason)
        return null
      }
      this.#databaseIsBack()
      await ensureRiskConsumer(manager)
      const pull = await pullEvents(connection, batchSize)
      this.#natsWait = null
      return pull
    } catch (error) {
      this.#waitOrThrow(error)
      return null
    }
  }

  async #consume(pull: ConsumerMessages): Promise<void> {
    const { batchSize, flushIntervalMs, persistence } = this.#parts
    this.#connectBackoff.reset()
    this.#pull = pull
    // It may have been switched off, or the service stopped, while the pull was being opened.
    if (!persistence.on || this.#stopping.aborted) this.lookAgain()
    try {
      await inBatches(pull, batchSize, flushIntervalMs, (messages) => this.#handle(messages))
    } catch (error) {
      if (error instanceof Stopped) throw error
      this.#waitOrThrow(error)
    } finally {
      this.lookAgain()
    }
  }

  /** Stores a batch and acks it; what cannot be stored is acked when REJECTS has it. */
  async #handle(messages: readonly JsMsg[]): Promise<void> {
    const { metrics } = this.#parts
    const refusals: Refusal[] = []
    const good: Item[] = []
    for (const message of messages) {
      const risk = riskMessage(message)
      const reading = readMessage(risk)
      if (reading.kind === 'refused') refusals.push({ item: { message, risk, reading }, reason: reading.reason })
      else good.push({ message, risk, reading })
    }
    if (good.length > 0) {
      const endTimer = metrics.batchSeconds.startTimer()
      refusals.push(...(await this.#storeOrIsolate(good)))
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
    const { store, metrics } = this.#parts
    const batch = batchOf(items.map((item) => item.reading))
    const backoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
    for (;;) {
      try {
        const added = await store.store(batch)
        metrics.rows.inc(added)
        metrics.duplicateRows.inc(batch.events.length - added)
        this.#databaseIsBack()
        return
      } catch (error) {
        if (databaseFault(error) !== 'retry') throw error
        metrics.retries.inc()
        this.#databaseIsAway(databaseReason(error))
        // No more is pulled: memory holds what is in hand, and the log keeps the rest.
        this.lookAgain()
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
        await rejects.keep(item.risk, reason)
        break
      } catch (error) {
        const away = natsAway(error)
        if (away === null) throw error
        if (this.#rejectsWait === null) log.warn({ err: error }, 'REJECTS takes nothing; waiting')
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

  #waitOrThrow(error: unknown): void {
    if (databaseFault(error) === 'retry') {
      this.#databaseIsAway(databaseReason(error))
      return
    }
    const away = natsAway(error)
    if (away === null) throw error
    if (this.#natsWait !== away) this.#parts.log.warn({ reason: away }, 'no events come from NATS; waiting')
    this.#natsWait = away
  }

  #databaseIsAway(reason: string): void {
    const { log, metrics } = this.#parts
    if (this.#databaseWait !== reason) log.warn({ reason }, 'database takes nothing; waiting')
    this.#databaseWait = reason
    metrics.databaseUp.set(0)
  }

  #databaseIsBack(): void {
    const { log, metrics } = this.#parts
    if (this.#databaseWait !== null) log.info('database takes what is stored')
    this.#databaseWait = null
    metrics.databaseUp.set(1)
  }
}

function databaseReason(error: unknown): string {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return `the database says: ${message}${code}`
}

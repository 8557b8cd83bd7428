import { setTimeout as delay } from 'node:timers/promises'
import { databaseReason, makeHistoryBlocks } from '@drawbridge/history'
import { historyCondition, type Maintained, maintainHistory } from '@drawbridge/migrations'
import type { Logger } from '@drawbridge/service-kit'
import pg from 'pg'
import type { PersisterMetrics } from './persister-metrics.ts'

interface MaintenanceParts {
  /** The address of the database as it is now. */
  readonly databaseUrl: () => string
  /** Whole days for which the history is kept; null: for ever. */
  readonly retentionDays: number | null
  /** Whether the database is ours and may be written to. */
  readonly isReady: () => boolean
  readonly metrics: PersisterMetrics
  readonly log: Logger
  /** Milliseconds between two runs. */
  readonly everyMs?: number
  /** Milliseconds until the next run if it failed. */
  readonly retryMs?: number | undefined
  /** Milliseconds until the next run if the database is not ready, or another persister maintains it. */
  readonly lookAgainMs?: number | undefined
}

const EVERY_MS = 300_000
const RETRY_MS = 60_000
const LOOK_AGAIN_MS = 1_000
const CONNECT_WITHIN_MS = 5_000
const STATEMENT_WITHIN_MS = 60_000
/** Events wait behind a statement that waits for a lock, so it must not wait for long. */
const LOCK_WITHIN_MS = 1_000

/**
 * Maintains the history, for ever: makes partitions ahead, drops what is no longer kept, and makes the blocks that reads of
 * years use. Only one persister at a time does so; it delays events that are stored meanwhile by at most a second.
 */
export class Maintenance {
  readonly #parts: MaintenanceParts
  readonly #stopping: AbortSignal
  #fault: string | null = null

  constructor(parts: MaintenanceParts, stopping: AbortSignal) {
    this.#parts = parts
    this.#stopping = stopping
  }

  /** Runs until the service stops. Never throws: a failure is logged, counted and tried again. */
  async run(): Promise<void> {
    const { isReady, everyMs = EVERY_MS, retryMs = RETRY_MS, lookAgainMs = LOOK_AGAIN_MS } = this.#parts
    const pauseMs = { done: everyMs, busy: lookAgainMs, failed: retryMs }
    while (!this.#stopping.aborted) {
      await this.#wait(isReady() ? pauseMs[await this.#maintainOnce()] : lookAgainMs)
    }
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping }).catch(() => undefined)
  }

  async #maintainOnce(): Promise<Maintained['kind'] | 'failed'> {
    const { databaseUrl, metrics, log } = this.#parts
    const client = new pg.Client({
      connectionString: databaseUrl(),
      application_name: 'drawbridge-persister-maintenance',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      statement_timeout: STATEMENT_WITHIN_MS,
      lock_timeout: LOCK_WITHIN_MS,
      keepAlive: true,
    })
    // A connection that dies between two queries is reported by the next one.
    client.on('error', () => undefined)
    // A client that is ended while it connects never settles.
    const { promise: hungUp, reject } = Promise.withResolvers<never>()
    hungUp.catch(() => undefined)
    const hangUp = () => {
      reject(new Error('the persister stops'))
      void client.end().catch(() => undefined)
    }
    this.#stopping.addEventListener('abort', hangUp)
    try {
      await Promise.race([client.connect(), hungUp])
      const maintained = await this.#maintain(client)
      if (this.#fault !== null) log.info('the history is looked after again')
      this.#fault = null
      return maintained.kind
    } catch (error) {
      if (this.#stopping.aborted) return 'failed'
      metrics.maintenanceFailures.inc()
      const fault = databaseReason(error)
      if (fault !== this.#fault) log.warn({ reason: fault }, 'the history could not be looked after; trying again')
      this.#fault = fault
      return 'failed'
    } finally {
      this.#stopping.removeEventListener('abort', hangUp)
      await client.end().catch(() => undefined)
    }
  }

  async #maintain(client: pg.Client): Promise<Maintained> {
    const { retentionDays, metrics, log } = this.#parts
    try {
      const maintained = await maintainHistory(client, retentionDays)
      if (maintained.kind === 'done') {
        for (const part of maintained.dropped) log.info(part, 'dropped what the history no longer keeps')
        metrics.partsDropped.inc(maintained.dropped.length)
        // The lock is held until the connection ends.
        await makeHistoryBlocks(client)
      }
      return maintained
    } finally {
      // Reported by all persisters, also after a failure: the alarm must not depend on the maintenance.
      const { maintainedAt, monthsMissing } = await historyCondition(client)
      metrics.maintainedAt.set((maintainedAt?.getTime() ?? 0) / 1000)
      metrics.partitionsMissing.set(monthsMissing)
    }
  }
}

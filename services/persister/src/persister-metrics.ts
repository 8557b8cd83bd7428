import { type Instant, parseEventSubject, parseInstant, type TraderId } from '@drawbridge/contracts'
import type { Reading } from '@drawbridge/history'
import { type Distribution, MetricRegistry, samplesOf } from '@drawbridge/service-kit'

export type PersisterMetrics = ReturnType<typeof persisterMetrics>

/** What the persister counts and measures; the catalogue says what each metric means and which value alerts. */
export function persisterMetrics(registry = new MetricRegistry()) {
  return {
    rows: registry.count('persister_rows_total'),
    duplicateRows: registry.count('persister_duplicate_rows_total'),
    batches: registry.count('persister_batches_total'),
    retries: registry.count('persister_retries_total'),
    databaseErrors: registry.countBy('persister_database_errors_total'),
    rejected: registry.count('persister_rejected_total'),
    contradictions: registry.count('persister_contradictions_total'),
    databaseUp: registry.level('persister_database_up'),
    consuming: registry.level('persister_consuming'),
    lagEvents: registry.level('persister_lag_events'),
    riskLogBytes: registry.level('risk_log_bytes'),
    riskLogLimitBytes: registry.level('risk_log_limit_bytes'),
    riskLogUsedPercent: registry.level('risk_log_used_percent'),
    riskLogNearlyFull: registry.level('risk_log_nearly_full'),
    riskLogMayDiscard: registry.level('risk_log_may_discard'),
    riskLogDamaged: registry.level('persister_risk_log_damaged'),
    maintainedAt: registry.level('history_maintained_timestamp_seconds'),
    maintenanceFailures: registry.count('history_maintenance_failures_total'),
    partitionsMissing: registry.level('history_partitions_missing'),
    partsDropped: registry.count('history_parts_dropped_total'),
    batchSeconds: registry.distribution('persister_batch_duration_seconds'),
    /** Null if metrics are off. */
    persistence: registry.enabled ? new PersistenceSeries(registry) : null,
  }
}

/** The state of a persister at a scrape. */
interface PersisterGauges {
  /** Events that were delivered to it and are not acknowledged. */
  readonly inFlight: number
  readonly isPersistenceOn: boolean
  readonly pool: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number }
}

export function watchPersister(registry: MetricRegistry, now: () => PersisterGauges): void {
  registry.gauge('persister_events_in_flight', () => now().inFlight)
  registry.gauge('risk_persistence_enabled', () => (now().isPersistenceOn ? 1 : 0))
  registry.collect('persister_pool_connections', () => {
    const { totalCount, idleCount, waitingCount } = now().pool
    return [
      { labels: { state: 'busy' }, value: totalCount - idleCount },
      { labels: { state: 'idle' }, value: idleCount },
      { labels: { state: 'waiting' }, value: waitingCount },
    ]
  })
}

interface Series {
  readonly latency: Distribution | null
  attempts: number
  failures: number
}

/** What is kept of the events of a batch, to be observed once they are stored. */
export interface Attempted {
  /** One for each event of a trader that has series. */
  readonly series: readonly Series[]
  /** JetStream timestamps of their inputs. */
  readonly recordedAt: readonly Instant[]
  /** By `performance.now()`. */
  readonly since: number
}

/** How many events of each trader are stored, and how fast; for as many traders as the bound admits. */
class PersistenceSeries {
  readonly #registry: MetricRegistry
  readonly #lag: Distribution | null
  readonly #series = new Map<TraderId, Series>()

  constructor(registry: MetricRegistry) {
    this.#registry = registry
    this.#lag = registry.distribution('persister_lag_seconds')
    const all = this.#series
    registry.collect('risk_persistence_attempts_total', function* () {
      for (const [trader, { attempts }] of all) yield { labels: { trader_id: trader }, value: attempts }
    })
    registry.collect('risk_persistence_failures_total', function* () {
      for (const [trader, { failures }] of all) yield { labels: { trader_id: trader }, value: failures }
    })
    registry.collect('risk_persist_latency_ms', function* () {
      for (const [trader, { latency }] of all) {
        if (latency !== null) yield* samplesOf('risk_persist_latency_ms', { trader_id: trader }, latency)
      }
    })
  }

  /** These events were given to the database. */
  attempted(readings: readonly Reading[], since: number): Attempted {
    const series: Series[] = []
    const recordedAt: Instant[] = []
    for (const reading of readings) {
      if (reading.kind !== 'event') continue
      const at = parseInstant(reading.row.recorded_at)
      if (at.ok) recordedAt.push(at.value)
      const one = this.#of(reading.row.trader_id)
      if (one === null) continue
      one.attempts += 1
      series.push(one)
    }
    return { series, recordedAt, since }
  }

  /** They were committed. */
  stored({ series, recordedAt, since }: Attempted): void {
    const [now, latency] = [Date.now(), performance.now() - since]
    for (const at of recordedAt) this.#lag?.observe(Math.max(0, now - at) / 1_000)
    for (const one of series) one.latency?.observe(latency)
  }

  /** The database did not accept the events on these subjects. */
  failed(messages: readonly { readonly subject: string }[]): void {
    for (const { subject } of messages) {
      const address = parseEventSubject(subject)
      const series = address.kind === 'trader' ? this.#of(address.trader) : null
      if (series !== null) series.failures += 1
    }
  }

  #of(trader: TraderId): Series | null {
    const known = this.#series.get(trader)
    if (known !== undefined) return known
    if (!this.#registry.traders.admits(trader)) return null
    const series = { latency: this.#registry.newDistribution('risk_persist_latency_ms'), attempts: 0, failures: 0 }
    this.#series.set(trader, series)
    return series
  }
}

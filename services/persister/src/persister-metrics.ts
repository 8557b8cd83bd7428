import { type Distribution, MetricRegistry } from '@drawbridge/service-kit'
import { PersistenceSeries } from './persistence-series.ts'

/** What of a persister is asked for at a scrape. */
export interface PersisterGauges {
  /** Events that it was brought and has not acknowledged. */
  readonly inFlight: number
  readonly isPersistenceOn: boolean
  readonly pool: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number }
}

/** What the persister counts and measures; the catalogue says what each means and which value alerts. */
export class PersisterMetrics {
  readonly registry: MetricRegistry
  readonly rows
  readonly duplicateRows
  readonly batches
  readonly retries
  readonly databaseErrors
  readonly rejected
  readonly contradictions
  readonly databaseUp
  readonly consuming
  readonly lagEvents
  readonly riskLogBytes
  readonly riskLogLimitBytes
  readonly riskLogUsedPercent
  readonly riskLogNearlyFull
  readonly riskLogMayDiscard
  readonly riskLogDamaged
  readonly maintainedAt
  readonly maintenanceFailures
  readonly partitionsMissing
  readonly partsDropped
  readonly batchSeconds: Distribution | null
  /** Null where metrics are off. */
  readonly persistence: PersistenceSeries | null

  constructor(registry = new MetricRegistry()) {
    this.registry = registry
    this.rows = registry.count('persister_rows_total')
    this.duplicateRows = registry.count('persister_duplicate_rows_total')
    this.batches = registry.count('persister_batches_total')
    this.retries = registry.count('persister_retries_total')
    this.databaseErrors = registry.countBy('persister_database_errors_total')
    this.rejected = registry.count('persister_rejected_total')
    this.contradictions = registry.count('persister_contradictions_total')
    this.databaseUp = registry.level('persister_database_up')
    this.consuming = registry.level('persister_consuming')
    this.lagEvents = registry.level('persister_lag_events')
    this.riskLogBytes = registry.level('risk_log_bytes')
    this.riskLogLimitBytes = registry.level('risk_log_limit_bytes')
    this.riskLogUsedPercent = registry.level('risk_log_used_percent')
    this.riskLogNearlyFull = registry.level('risk_log_nearly_full')
    this.riskLogMayDiscard = registry.level('risk_log_may_discard')
    this.riskLogDamaged = registry.level('persister_risk_log_damaged')
    this.maintainedAt = registry.level('history_maintained_timestamp_seconds')
    this.maintenanceFailures = registry.count('history_maintenance_failures_total')
    this.partitionsMissing = registry.level('history_partitions_missing')
    this.partsDropped = registry.count('history_parts_dropped_total')
    this.batchSeconds = registry.distribution('persister_batch_duration_seconds')
    this.persistence = registry.enabled ? new PersistenceSeries(registry) : null
  }

  watch(now: () => PersisterGauges): void {
    this.registry.gauge('persister_events_in_flight', () => now().inFlight)
    this.registry.gauge('risk_persistence_enabled', () => (now().isPersistenceOn ? 1 : 0))
    this.registry.collect('persister_pool_connections', () => {
      const { totalCount, idleCount, waitingCount } = now().pool
      return [
        { labels: { state: 'busy' }, value: totalCount - idleCount },
        { labels: { state: 'idle' }, value: idleCount },
        { labels: { state: 'waiting' }, value: waitingCount },
      ]
    })
  }
}

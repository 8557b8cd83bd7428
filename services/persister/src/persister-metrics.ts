import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/**
 * What the persister counts. Alert on `persister_lag_events` that keeps growing, on any of `persister_rejected_total`, on
 * `risk_log_nearly_full` or `risk_log_may_discard` of 1, on `history_partitions_missing` above 0, and on
 * `history_maintained_timestamp_seconds` of more than three hours ago.
 */
export class PersisterMetrics {
  readonly registry = new Registry()
  readonly rows = this.#counter('persister_rows_total', 'Events stored in the history.')
  readonly duplicateRows = this.#counter(
    'persister_duplicate_rows_total',
    'Events that came again and were stored already, or are older than the history is kept.',
  )
  readonly batches = this.#counter('persister_batches_total', 'Batches stored.')
  readonly retries = this.#counter(
    'persister_retries_total',
    'Times that a batch had to wait because the database was away or busy.',
  )
  readonly databaseErrors = new Counter({
    name: 'persister_database_errors_total',
    help: 'Errors of the database that were waited out, by SQLSTATE or code of the network.',
    labelNames: ['code'] as const,
    registers: [this.registry],
  })
  readonly rejected = this.#counter('persister_rejected_total', 'Events that could not be stored and went to REJECTS.')
  readonly databaseUp = this.#gauge('persister_database_up', '1 while the database takes what is stored, else 0.')
  readonly consuming = this.#gauge('persister_consuming', '1 while events are taken from RISK, else 0.')
  readonly lagEvents = this.#gauge(
    'persister_lag_events',
    'Events in RISK that no replica has stored yet; last known while NATS is away.',
  )
  readonly riskLogBytes = this.#gauge('risk_log_bytes', 'Size of the stream RISK; last known while NATS is away.')
  readonly riskLogLimitBytes = this.#gauge(
    'risk_log_limit_bytes',
    'Size at which RISK takes no more, by its own limit or that of its account; 0: none is set.',
  )
  readonly riskLogNearlyFull = this.#gauge(
    'risk_log_nearly_full',
    '1 from risk_log_warn_at_percent of the limit on, else 0. At the limit nothing is decided any more.',
  )
  readonly riskLogMayDiscard = this.#gauge(
    'risk_log_may_discard',
    '1 where RISK has settings by which it may drop events that are not stored, else 0.',
  )
  readonly maintainedAt = this.#gauge(
    'history_maintained_timestamp_seconds',
    'When any persister last looked after partitions and retention with success, once an hour; 0: never.',
  )
  readonly maintenanceFailures = this.#counter(
    'history_maintenance_failures_total',
    'Times that this persister could not look after partitions and retention; it tries again in a minute.',
  )
  readonly partitionsMissing = this.#gauge(
    'history_partitions_missing',
    'Months ahead that should have their partition and do not; 0 on TimescaleDB, which needs none.',
  )
  readonly partsDropped = this.#counter(
    'history_parts_dropped_total',
    'Chunks or partitions that this persister dropped, as the retention says.',
  )
  readonly batchSeconds = new Histogram({
    name: 'persister_batch_duration_seconds',
    help: 'Time to store a batch, waits for the database included.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] })
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] })
  }
}

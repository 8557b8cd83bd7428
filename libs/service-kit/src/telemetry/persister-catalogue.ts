import { LATENCY_BUCKETS, TRADER_BUCKETS_MS } from './buckets.ts'
import type { MetricDefinitions } from './metric-definition.ts'

/** Metrics of persister. Those of the log and of the history are the same in each replica. */
export const persisterCatalogue = {
  risk_persistence_attempts_total: {
    type: 'counter',
    unit: 'count',
    labels: ['trader_id'],
    help: 'Events that were given to the database, each attempt counted',
  },
  risk_persistence_failures_total: {
    type: 'counter',
    unit: 'count',
    labels: ['trader_id'],
    help: 'Events that the database did not take in an attempt; all but those it refuses for good are tried again',
    alert: 'increases for 5 minutes: the database is away, or refuses',
  },
  risk_persistence_enabled: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 while events are to be stored, as the flag enable_persistence says',
    alert: '0 for long: somebody has switched it off, and the log alone keeps what happens',
  },
  risk_persist_latency_ms: {
    type: 'histogram',
    unit: 'milliseconds',
    labels: ['trader_id'],
    buckets: TRADER_BUCKETS_MS,
    help: 'From taking an event out of RISK for a batch to the COMMIT, waits for the database included',
  },
  persister_lag_seconds: {
    type: 'histogram',
    unit: 'seconds',
    buckets: LATENCY_BUCKETS,
    help: "From the input's JetStream timestamp to the COMMIT of its event; the clocks of both machines count",
    alert: 'p99 above 30 seconds while the database is up',
  },
  persister_batch_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    buckets: LATENCY_BUCKETS,
    help: 'To flush a batch to the database, waits for it included',
  },
  persister_lag_events: {
    type: 'gauge',
    unit: 'count',
    help: 'Events in RISK that no replica has stored yet; last known while NATS is away',
    alert: 'grows for 10 minutes',
  },
  persister_events_in_flight: {
    type: 'gauge',
    unit: 'count',
    help: 'Events that this persister was brought and has not acknowledged',
  },
  persister_rows_total: { type: 'counter', unit: 'count', help: 'Events stored in the history' },
  persister_contradictions_total: {
    type: 'counter',
    unit: 'count',
    help: 'Events whose version the history has otherwise; they go to REJECTS',
    alert: 'any increase: RISK was restored from an older copy, or began again',
  },
  persister_risk_log_damaged: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 while messages of RISK are missing, or it ends before what is stored, at the last look',
    alert: '1: an operator must mend RISK',
  },
  persister_duplicate_rows_total: {
    type: 'counter',
    unit: 'count',
    help: 'Events that came again and were stored already, or are older than the history is kept',
  },
  persister_batches_total: { type: 'counter', unit: 'count', help: 'Batches stored' },
  persister_retries_total: {
    type: 'counter',
    unit: 'count',
    help: 'Times that a batch had to wait because the database was away or busy',
  },
  persister_database_errors_total: {
    type: 'counter',
    unit: 'count',
    labels: ['code'],
    help: 'Errors of the database that were waited out, by SQLSTATE or code of the network',
  },
  persister_rejected_total: {
    type: 'counter',
    unit: 'count',
    help: 'Events that could not be stored and went to REJECTS',
    alert: 'any increase: look at the reasons in REJECTS',
  },
  persister_database_up: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 while the database takes what is stored',
    alert: '0 for a minute',
  },
  persister_consuming: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 while events are taken from RISK',
    alert: '0 for 5 minutes while persistence is switched on',
  },
  persister_pool_connections: {
    type: 'gauge',
    unit: 'count',
    labels: ['state'],
    help: 'Connections to the database that are busy or idle, and requests waiting for one',
    alert: 'waiting above 0 for a minute',
  },
  risk_log_bytes: { type: 'gauge', unit: 'bytes', help: 'Size of the stream RISK; last known while NATS is away' },
  risk_log_limit_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Size at which RISK takes no more, by its own limit or that of its account; 0: none is set',
  },
  risk_log_used_percent: {
    type: 'gauge',
    unit: 'percent',
    help: 'Of the limit of RISK, or of its account if that is nearer, how much is used; 0 where none is set',
    alert: '95: decisions will stop soon',
  },
  risk_log_nearly_full: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 from risk_log_warn_at_percent of the limit on; at the limit nothing is decided any more',
    alert: '1',
  },
  risk_log_may_discard: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 where RISK has settings by which it may drop events that are not stored',
    alert: '1',
  },
  history_maintained_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'When any persister last looked after partitions and retention with success, Unix time; 0: never',
    alert: 'older than three hours',
  },
  history_maintenance_failures_total: {
    type: 'counter',
    unit: 'count',
    help: 'Times that this persister could not look after partitions and retention; it tries again in a minute',
    alert: 'grows for an hour',
  },
  history_partitions_missing: {
    type: 'gauge',
    unit: 'count',
    help: 'Months ahead that should have their partition and do not; 0 on TimescaleDB, which needs none',
    alert: 'above 0',
  },
  history_parts_dropped_total: {
    type: 'counter',
    unit: 'count',
    help: 'Chunks or partitions that this persister dropped, as the retention says',
  },
} as const satisfies MetricDefinitions

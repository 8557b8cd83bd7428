import {
  counter,
  gauge,
  histogram,
  LATENCY_BUCKETS,
  type MetricDefinitions,
  TRADER_BUCKETS_MS,
} from './metric-definition.ts'

/** Metrics of persister. Those of the log and of the history are the same in each replica. */
export const persisterCatalogue = {
  risk_persistence_attempts_total: {
    ...counter('trader_id'),
    help: 'Events that were sent to the database, each attempt counted',
  },
  risk_persistence_failures_total: {
    ...counter('trader_id'),
    help: 'Events that the database did not accept in an attempt; all are retried except those that it can never accept',
    alert: 'increases for 5 minutes: the database is unavailable or refuses them',
  },
  risk_persistence_enabled: {
    ...gauge('yes-or-no'),
    help: '1 while events are written to the database (flag enable_persistence)',
    alert: '0 for long: somebody has switched it off, and events are kept in the log only',
  },
  risk_persist_latency_ms: {
    ...histogram('milliseconds', TRADER_BUCKETS_MS, 'trader_id'),
    help: 'From reading an event of RISK for a batch to the COMMIT, including waits for the database',
  },
  persister_lag_seconds: {
    ...histogram('seconds', LATENCY_BUCKETS),
    help: "From the input's JetStream timestamp to the COMMIT of its event; measured with the clocks of both machines",
    alert: 'p99 above 30 seconds while the database is up',
  },
  persister_batch_duration_seconds: {
    ...histogram('seconds', LATENCY_BUCKETS),
    help: 'Time to write a batch to the database, including waits for it',
  },
  persister_lag_events: {
    ...gauge('count'),
    help: 'Events in RISK that no replica has stored yet; the last known value while NATS is unavailable',
    alert: 'grows for 10 minutes',
  },
  persister_events_in_flight: {
    ...gauge('count'),
    help: 'Events delivered to this persister and not yet acknowledged',
  },
  persister_rows_total: { ...counter(), help: 'Events stored in the history' },
  persister_contradictions_total: {
    ...counter(),
    help: 'Events whose version is in the history with other content; they go to REJECTS',
    alert: 'any increase: RISK was restored from an older copy, or was created again',
  },
  persister_risk_log_damaged: {
    ...gauge('yes-or-no'),
    help: '1 if at the last look messages of RISK were missing, or it ended before what is stored',
    alert: '1: an operator must repair RISK',
  },
  persister_duplicate_rows_total: {
    ...counter(),
    help: 'Redelivered events that were stored already, or are older than the history is kept',
  },
  persister_batches_total: { ...counter(), help: 'Batches stored' },
  persister_retries_total: {
    ...counter(),
    help: 'Times that a batch had to wait because the database was unavailable or busy',
  },
  persister_database_errors_total: {
    ...counter('code'),
    help: 'Database errors that were retried, by SQLSTATE or network error code',
  },
  persister_rejected_total: {
    ...counter(),
    help: 'Events that could not be stored and became dead letters in REJECTS',
    alert: 'any increase: look at the reasons in REJECTS',
  },
  persister_database_up: {
    ...gauge('yes-or-no'),
    help: '1 while the database accepts writes',
    alert: '0 for a minute',
  },
  persister_consuming: {
    ...gauge('yes-or-no'),
    help: '1 while events are read from RISK',
    alert: '0 for 5 minutes while persistence is switched on',
  },
  persister_pool_connections: {
    ...gauge('count', 'state'),
    help: 'Database connections that are busy or idle, and requests waiting for one',
    alert: 'waiting above 0 for a minute',
  },
  risk_log_bytes: {
    ...gauge('bytes'),
    help: 'Size of the stream RISK; the last known value while NATS is unavailable',
  },
  risk_log_limit_bytes: {
    ...gauge('bytes'),
    help: 'Size at which RISK is full, by its own limit or that of its account; 0: none is set',
  },
  risk_log_used_percent: {
    ...gauge('percent'),
    help: 'Used percentage of the limit of RISK, or of that of its account if it is nearer; 0 if none is set',
    alert: '95: decisions will stop soon',
  },
  risk_log_nearly_full: {
    ...gauge('yes-or-no'),
    help: '1 from risk_log_warn_at_percent of the limit on; at the limit decisions stop',
    alert: '1',
  },
  risk_log_may_discard: {
    ...gauge('yes-or-no'),
    help: '1 if the settings of RISK allow it to drop events that are not stored in the database yet',
    alert: '1',
  },
  history_maintained_timestamp_seconds: {
    ...gauge('seconds'),
    help: 'When any persister last completed maintenance of partitions and retention, Unix time; 0: never',
    alert: 'older than three hours',
  },
  history_maintenance_failures_total: {
    ...counter(),
    help: 'Times that maintenance of partitions and retention failed in this persister; it retries after a minute',
    alert: 'grows for an hour',
  },
  history_partitions_missing: {
    ...gauge('count'),
    help: 'Upcoming months whose partition is missing; 0 on TimescaleDB, which needs none',
    alert: 'above 0',
  },
  history_parts_dropped_total: {
    ...counter(),
    help: 'Chunks or partitions that this persister dropped because of the retention',
  },
} as const satisfies MetricDefinitions

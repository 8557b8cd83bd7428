import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the persister counts. Alert on `persister_lag_events` that keeps growing, and on any of `persister_rejected_total`. */
export class PersisterMetrics {
  readonly registry = new Registry()
  readonly rows = this.#counter('persister_rows_total', 'Events stored in the history.')
  readonly duplicateRows = this.#counter(
    'persister_duplicate_rows_total',
    'Events that came again and were stored already.',
  )
  readonly batches = this.#counter('persister_batches_total', 'Batches stored.')
  readonly retries = this.#counter(
    'persister_retries_total',
    'Times that a batch had to wait because the database was away or busy.',
  )
  readonly rejected = this.#counter('persister_rejected_total', 'Events that could not be stored and went to REJECTS.')
  readonly databaseUp = this.#gauge('persister_database_up', '1 while the database takes what is stored, else 0.')
  readonly consuming = this.#gauge('persister_consuming', '1 while events are taken from RISK, else 0.')
  readonly lagEvents = this.#gauge(
    'persister_lag_events',
    'Events in RISK that no replica has stored yet; last known while NATS is away.',
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

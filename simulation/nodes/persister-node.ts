import { streams } from '@drawbridge/contracts'
import type { HistoryStore } from '@drawbridge/history'
import { ConnectionWatch, requireStreams } from '@drawbridge/nats'
import { DatabaseWatch, PersistenceSwitch, Persister, persisterMetrics, watchLag } from '@drawbridge/persister/parts'
import { Rejects } from '@drawbridge/service-kit'
import type { Database, DatabaseConnection } from '../database.ts'
import { SimulatedNode, type Surroundings } from './node.ts'

/** One for all nodes: the counts are not used. */
const metrics = persisterMetrics()

export interface PersisterSettings {
  readonly database: Database
  /** Events in a batch, at most. */
  readonly batchSize: number
  readonly flushIntervalMs: number
}

/** A persister, as its `start-persister.ts` makes it, without HTTP, and with tables in memory. */
export class PersisterNode extends SimulatedNode {
  override readonly role = 'persister'
  readonly #settings: PersisterSettings
  readonly #store: DatabaseConnection

  constructor(name: string, surroundings: Surroundings, settings: PersisterSettings) {
    super(name, surroundings)
    this.#settings = settings
    this.#store = settings.database.connect(name)
  }

  protected override async start(): Promise<void> {
    const { lifecycle, log } = this
    const { batchSize, flushIntervalMs } = this.#settings
    const connection = await this.connect()
    const nats = ConnectionWatch.of(connection)
    lifecycle.onStop('NATS connection', () => (nats.away === null ? connection.drain() : connection.close()))
    const manager = await requireStreams(connection, [streams.risk, streams.rejects])
    const persistence = new PersistenceSwitch(log)
    await persistence.follow(connection, lifecycle)
    // The private fields of the class (its pool) are missing; only the class itself uses them.
    const store = this.#store as unknown as HistoryStore
    const rejects = new Rejects(connection, streams.risk)
    const database = new DatabaseWatch(metrics, log)
    const persister = new Persister(
      { connection, manager, persistence, store, rejects, database, metrics, log, batchSize, flushIntervalMs },
      lifecycle.stopping,
    )
    nats.onReconnect(() => persister.lookAgain())
    await watchLag(connection, metrics, lifecycle)
    const running = persister.run().catch((error: Error) => lifecycle.fail(error))
    lifecycle.onStop('persister', () => running)
  }

  override kill(): void {
    this.#store.close()
    super.kill()
  }
}

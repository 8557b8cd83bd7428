import { hostname } from 'node:os'
import { streams } from '@drawbridge/contracts'
import { HistoryStore } from '@drawbridge/history'
import { awaitStreams, ConnectionWatch, connectNats } from '@drawbridge/nats'
import {
  createPool,
  databaseAddress,
  type Lifecycle,
  type Logger,
  MetricRegistry,
  openServiceTracing,
  Readiness,
  Rejects,
  reportOriginalMetrics,
  serveHttp,
  watchLinks,
} from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import { DatabaseWatch } from './database-watch.ts'
import { PersistenceSwitch } from './inbound/persistence-switch.ts'
import { watchLag } from './inbound/risk-consumer.ts'
import { watchLogDamage, watchLogRoom } from './inbound/watch-risk-log.ts'
import { Maintenance } from './maintenance.ts'
import { Persister } from './persister.ts'
import { persisterMetrics, watchPersister } from './persister-metrics.ts'

/** Batches are stored one after another; for more, start another replica. */
const DATABASE_CONNECTIONS = 1

/** How often it looks, milliseconds; as in production if not given. */
export interface PersisterLooks {
  /** How full RISK is. */
  readonly logRoomEveryMs?: number
  /** Whether the history can be maintained by now, also after a failure. */
  readonly maintenanceAgainMs?: number
  /** Whether messages of RISK are missing. */
  readonly logDamageEveryMs?: number
}

/**
 * Starts a persister, which stops with `lifecycle`.
 * @returns the TCP port that it serves HTTP on.
 * @throws if it cannot start; `lifecycle` also releases what it has acquired by then.
 */
export async function startPersister(
  config: Config,
  log: Logger,
  lifecycle: Lifecycle,
  looks: PersisterLooks = {},
): Promise<number> {
  const tracing = await openServiceTracing(config.tracing, 'persister', lifecycle, log)
  const connection = await connectNats(config.nats, 'drawbridge persister', log)
  const nats = ConnectionWatch.of(connection)
  // Drained, so that the last acks arrive; while NATS is away that would never end.
  lifecycle.onStop('NATS connection', () => (nats.away === null ? connection.drain() : connection.close()))
  const manager = await awaitStreams(connection, [streams.risk, streams.rejects], log, lifecycle.stopping)
  const persistence = new PersistenceSwitch(log)
  await persistence.follow(connection, lifecycle)
  const databaseUrl = databaseAddress(config, log)
  const pool = createPool(databaseUrl, 'drawbridge-persister', DATABASE_CONNECTIONS, log)
  lifecycle.onStop('database', () => pool.end())

  const registry = new MetricRegistry(config.metrics)
  registry.watchProcess()
  watchLinks(registry, connection, config)
  reportOriginalMetrics(connection, registry, `${hostname()}-${process.pid}`, lifecycle)
  const metrics = persisterMetrics(registry)
  const { batchSize, flushIntervalMs, riskLogWarnAtPercent, retentionDays } = config.persister
  const store = new HistoryStore(pool, retentionDays !== null)
  const rejects = new Rejects(connection, streams.risk)
  const database = new DatabaseWatch(metrics, log)
  const persister = new Persister(
    { connection, manager, persistence, store, rejects, database, metrics, tracing, log, batchSize, flushIntervalMs },
    lifecycle.stopping,
  )
  watchPersister(registry, () => ({ inFlight: persister.inFlight, isPersistenceOn: persistence.on, pool }))
  nats.onReconnect(() => persister.lookAgain())
  await watchLag(connection, metrics, lifecycle)
  await watchLogRoom(connection, riskLogWarnAtPercent, metrics, lifecycle, log, looks.logRoomEveryMs)

  const damage = await watchLogDamage(connection, store, metrics, lifecycle, log, looks.logDamageEveryMs)

  const readiness = new PersisterReadiness(() => persistence.on)
  readiness.add('NATS', () => nats.away)
  readiness.add('events', () => (persistence.on ? persister.natsWait : null))
  readiness.add('database', () => (persistence.on ? database.wait : null))
  readiness.add('rejects', () => persister.writer.rejectsWait)
  readiness.add('risk log', () => damage() ?? persister.writer.contradiction)
  const { persister: address, http: settings } = config
  const served = { service: 'persister', address, settings, log, readiness, metrics: registry }
  const port = await serveHttp(served, 'PERSISTER_PORT', lifecycle)
  log.info({ port }, 'listening')

  const running = persister.run().catch((error: Error) => lifecycle.fail(error))
  lifecycle.onStop('persister', () => running)
  // Not before the tables are known to belong to this log: nothing may be dropped from the tables of another one.
  const isReady = () => persistence.on && database.wait === null
  const { maintenanceAgainMs: again } = looks
  const maintenance = new Maintenance(
    { databaseUrl, retentionDays, isReady, metrics, log, lookAgainMs: again, retryMs: again },
    lifecycle.stopping,
  )
  const maintaining = maintenance.run()
  lifecycle.onStop('maintenance', () => maintaining)
  return port
}

/** Ready while persistence is switched off, as that was asked for; but reports it. */
class PersisterReadiness extends Readiness {
  readonly #isOn: () => boolean

  constructor(isOn: () => boolean) {
    super()
    this.#isOn = isOn
  }

  override report(): ReturnType<Readiness['report']> {
    const { ready, checks } = super.report()
    return { ready, checks: { ...checks, persistence: this.#isOn() ? 'ok' : 'ok: persistence is switched off' } }
  }
}

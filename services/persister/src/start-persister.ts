import { hostname } from 'node:os'
import { streams } from '@drawbridge/contracts'
import { HistoryStore } from '@drawbridge/history'
import { awaitStreams, ConnectionWatch, connectNats } from '@drawbridge/nats'
import {
  createHttpServer,
  createPool,
  databaseAddress,
  type Lifecycle,
  type Logger,
  listen,
  MetricRegistry,
  openServiceTracing,
  Rejects,
  reportOriginalMetrics,
  watchLinks,
} from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import { DatabaseWatch } from './database-watch.ts'
import { PersistenceSwitch } from './inbound/persistence-switch.ts'
import { watchLag } from './inbound/watch-lag.ts'
import { LogDamageWatch } from './inbound/watch-log-damage.ts'
import { watchLogRoom } from './inbound/watch-log-room.ts'
import { Maintenance } from './maintenance/maintenance.ts'
import { Persister } from './persister.ts'
import { PersisterMetrics } from './persister-metrics.ts'
import { PersisterReadiness } from './persister-readiness.ts'

/** Batches are stored one after another; who wants more starts another replica. */
const DATABASE_CONNECTIONS = 1

/** How often it looks, milliseconds; as in production where nothing is said. */
export interface PersisterLooks {
  /** How full RISK is. */
  readonly logRoomEveryMs?: number
  /** Whether the history can be looked after by now. */
  readonly maintenanceAgainMs?: number
  /** Whether messages of RISK are missing. */
  readonly logDamageEveryMs?: number
}

/**
 * Starts a persister, which stops with `lifecycle`.
 * @returns the TCP port that it serves HTTP on.
 * @throws where it cannot start; what it has acquired by then goes with `lifecycle` too.
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
  // Drained, so that the last acks are heard; while NATS is away that would never end.
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
  const metrics = new PersisterMetrics(registry)
  const { batchSize, flushIntervalMs, riskLogWarnAtPercent, retentionDays } = config.persister
  const store = new HistoryStore(pool, retentionDays !== null)
  const rejects = new Rejects(connection, streams.risk)
  const database = new DatabaseWatch(metrics, log)
  const persister = new Persister(
    { connection, manager, persistence, store, rejects, database, metrics, tracing, log, batchSize, flushIntervalMs },
    lifecycle.stopping,
  )
  metrics.watch(() => ({ inFlight: persister.inFlight, isPersistenceOn: persistence.on, pool }))
  nats.onReconnect(() => persister.lookAgain())
  await watchLag(connection, metrics, lifecycle)
  await watchLogRoom(connection, riskLogWarnAtPercent, metrics, lifecycle, log, looks.logRoomEveryMs)

  const damage = await LogDamageWatch.start(connection, store, metrics, lifecycle, log, looks.logDamageEveryMs)

  const readiness = new PersisterReadiness(() => persistence.on)
  readiness.add('NATS', () => nats.away)
  readiness.add('events', () => (persistence.on ? persister.natsWait : null))
  readiness.add('database', () => (persistence.on ? database.wait : null))
  readiness.add('rejects', () => persister.rejectsWait)
  readiness.add('risk log', () => damage.reason ?? persister.contradiction)
  const server = await createHttpServer({
    service: 'persister',
    address: config.persister,
    settings: config.http,
    log,
    readiness,
    metrics: registry,
  })
  lifecycle.onStop('HTTP server', () => server.close())
  const port = await listen(server, config.persister.host, config.persister.port, 'PERSISTER_PORT')
  log.info({ port }, 'listening')

  const running = persister.run().catch((error: Error) => lifecycle.fail(error))
  lifecycle.onStop('persister', () => running)
  // Not before the tables were seen to belong to this log: nothing is dropped from those of another one.
  const isReady = () => persistence.on && database.wait === null
  const maintenance = new Maintenance(
    { databaseUrl, retentionDays, isReady, metrics, log, lookAgainMs: looks.maintenanceAgainMs },
    lifecycle.stopping,
  )
  const maintaining = maintenance.run()
  lifecycle.onStop('maintenance', () => maintaining)
  return port
}

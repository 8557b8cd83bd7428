import { streams } from '@drawbridge/contracts'
import {
  ConnectionWatch,
  configOrExit,
  connectNats,
  createHttpServer,
  createLogger,
  createPool,
  listen,
  Rejects,
  requireStreams,
  runService,
} from '@drawbridge/service-kit'
import { DatabaseWatch } from './database-watch.ts'
import { PersistenceSwitch } from './inbound/persistence-switch.ts'
import { watchLag } from './inbound/watch-lag.ts'
import { HistoryStore } from './outbound/history-store.ts'
import { Persister } from './persister.ts'
import { PersisterMetrics } from './persister-metrics.ts'
import { PersisterReadiness } from './persister-readiness.ts'

/** One batch is stored at a time; who wants more starts another replica. */
const DATABASE_CONNECTIONS = 1

const config = configOrExit()
const log = createLogger('persister', config.logLevel)

await runService(log, async (lifecycle) => {
  const connection = await connectNats(config.natsUrl, 'drawbridge persister', log)
  const nats = new ConnectionWatch(connection)
  // Drained, so that the last acks are heard; while NATS is away that would never end.
  lifecycle.onStop('NATS connection', () => (nats.away === null ? connection.drain() : connection.close()))
  const manager = await requireStreams(connection, [streams.risk, streams.rejects])
  const persistence = new PersistenceSwitch(log)
  await persistence.follow(connection, lifecycle)
  const pool = createPool(config.databaseUrl, 'drawbridge-persister', DATABASE_CONNECTIONS, log)
  lifecycle.onStop('database', () => pool.end())

  const metrics = new PersisterMetrics()
  const store = new HistoryStore(pool)
  const rejects = new Rejects(connection, streams.risk)
  const database = new DatabaseWatch(metrics, log)
  const { batchSize, flushIntervalMs } = config.persister
  const persister = new Persister(
    { connection, manager, persistence, store, rejects, database, metrics, log, batchSize, flushIntervalMs },
    lifecycle.stopping,
  )
  nats.onReconnect(() => persister.lookAgain())
  await watchLag(connection, metrics, lifecycle)

  const readiness = new PersisterReadiness(() => persistence.on)
  readiness.add('NATS', () => nats.away)
  readiness.add('events', () => (persistence.on ? persister.natsWait : null))
  readiness.add('database', () => (persistence.on ? database.wait : null))
  readiness.add('rejects', () => persister.rejectsWait)
  const server = createHttpServer(log, readiness, metrics.registry)
  lifecycle.onStop('HTTP server', () => server.close())
  const port = await listen(server, config.persister.host, config.persister.port, 'PERSISTER_PORT')
  log.info({ port }, 'listening')

  const running = persister.run().catch((error: Error) => lifecycle.fail(error))
  lifecycle.onStop('persister', () => running)
})

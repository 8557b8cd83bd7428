import { streams } from '@drawbridge/contracts'
import { HistoryReader } from '@drawbridge/history/reads'
import { awaitStreams, ConnectionWatch, connectNats } from '@drawbridge/nats'
import {
  createPool,
  databaseAddress,
  type Lifecycle,
  type Logger,
  MetricRegistry,
  OriginalMetrics,
  Readiness,
  serveHttp,
  watchLinks,
} from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import { elsewhere } from './core/elsewhere.ts'
import type { LiveAccount } from './core/live-messages.ts'
import { DatabaseWatch } from './inbound/database-watch.ts'
import { operatorApi } from './operator-api.ts'
import { openOperatorParts } from './operator-parts.ts'
import { PAGE_FOLDER, readPage } from './page-files.ts'
import { addAcknowledgeRoutes } from './routes/acknowledge-routes.ts'
import { addPageRoutes } from './routes/page-routes.ts'

/** So many people read the history at a time; others wait for them. */
const DATABASE_CONNECTIONS = 4
/** A database that takes longer to say how it is counts as away. */
const DATABASE_ANSWERS_WITHIN_MS = 5_000

/**
 * Starts a console, which stops with `lifecycle`.
 * @returns the TCP port that it serves HTTP on.
 * @throws if it cannot start; `lifecycle` also releases what it has acquired by then.
 */
export async function startConsole(config: Config, log: Logger, lifecycle: Lifecycle): Promise<number> {
  const connection = await connectNats(config.nats, 'drawbridge console', log)
  lifecycle.onStop('NATS connection', () => connection.close())
  const nats = ConnectionWatch.of(connection)
  await awaitStreams(connection, [streams.inputs, streams.risk, streams.rejects], log, lifecycle.stopping)
  const registry = new MetricRegistry(config.metrics)
  registry.watchProcess()
  watchLinks(registry, connection, config)
  OriginalMetrics.gather(connection, registry)
  // Nothing waits for the database: while it is away, the routes of the history say so, and everything else goes on.
  const history = new HistoryReader(poolOf(config, log, lifecycle, 'drawbridge-console', DATABASE_CONNECTIONS))
  const database = new DatabaseWatch(
    new HistoryReader(poolOf(config, log, lifecycle, 'drawbridge-console-health', 1), DATABASE_ANSWERS_WITHIN_MS),
    log,
  )
  database.start()
  lifecycle.onStop('database watch', async () => database.stop())
  const parts = await openOperatorParts(connection, log, {
    database,
    configured: Object.keys(config.traders),
    accounts: accountsOf(config),
    leaseMs: config.leaseMs,
    obeys: new Map(Object.entries(config.traders).map(([id, { obeys }]) => [id, obeys])),
    currencyOf: (id) => config.traders[id]?.limits.currency ?? config.limits.currency ?? null,
  })
  const readiness = new Readiness()
  readiness.add('NATS', () => nats.away)
  readiness.add('risk log', () => (parts.feed.isCurrent ? null : 'being read'))
  const { console: address, http: settings } = config
  const sessions = { key: address.sessionKey, hours: address.sessionHours }
  const served = { service: 'console', address, settings, log, readiness, metrics: registry, sessions, elsewhere }
  const port = await serveHttp(served, 'CONSOLE_PORT', lifecycle, async (server) => {
    await server.register(operatorApi, { parts, history })
    addAcknowledgeRoutes(server, parts, {
      key: config.notify.linkKey,
      languageOf: (name) => config.notify.channels.find((one) => one.name === name)?.language ?? config.notify.language,
    })
    addPageRoutes(server, readPage(PAGE_FOLDER))
  })
  if (sessions.key === null) log.info('logins end with this process: CONSOLE_SESSION_KEY_FILE is not set')
  log.info({ port }, 'listening')
  return port
}

function poolOf(config: Config, log: Logger, lifecycle: Lifecycle, name: string, connections: number) {
  const pool = createPool(databaseAddress(config, log), name, connections, log)
  lifecycle.onStop(name, () => pool.end())
  return pool
}

/** What the settings say of traders that events do not. */
function accountsOf({ traders }: Config): Readonly<Record<string, LiveAccount>> {
  const about = Object.entries(traders).map(
    ([id, { about, source }]) => [id, { ...about, isSum: source.kind === 'sum' }] as const,
  )
  return Object.fromEntries(about)
}

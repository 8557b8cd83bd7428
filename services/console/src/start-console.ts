import { streams } from '@drawbridge/contracts'
import { awaitStreams, ConnectionWatch, connectNats } from '@drawbridge/nats'
import {
  createHttpServer,
  type Lifecycle,
  type Logger,
  listen,
  MetricRegistry,
  OriginalMetrics,
  Readiness,
  watchLinks,
} from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import { operatorApi } from './operator-api.ts'
import { openOperatorParts } from './operator-parts.ts'

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
  const parts = await openOperatorParts(connection, log)
  const readiness = new Readiness()
  readiness.add('NATS', () => nats.away)
  readiness.add('risk log', () => (parts.feed.isCurrent ? null : 'being read'))
  const server = await createHttpServer({
    service: 'console',
    address: config.console,
    settings: config.http,
    log,
    readiness,
    metrics: registry,
  })
  lifecycle.onStop('HTTP server', () => server.close())
  await server.register(operatorApi, { parts })
  const port = await listen(server, config.console.host, config.console.port, 'CONSOLE_PORT')
  log.info({ port }, 'listening')
  return port
}

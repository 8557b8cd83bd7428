import { streams } from '@drawbridge/contracts'
import { awaitStreams, ConnectionWatch, connectNats } from '@drawbridge/nats'
import {
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
  const parts = await openOperatorParts(connection, log, {
    configured: Object.keys(config.traders),
    obeys: new Map(Object.entries(config.traders).map(([id, { obeys }]) => [id, obeys])),
  })
  const readiness = new Readiness()
  readiness.add('NATS', () => nats.away)
  readiness.add('risk log', () => (parts.feed.isCurrent ? null : 'being read'))
  const { console: address, http: settings } = config
  const served = { service: 'console', address, settings, log, readiness, metrics: registry, elsewhere }
  const port = await serveHttp(served, 'CONSOLE_PORT', lifecycle, (server) => server.register(operatorApi, { parts }))
  log.info({ port }, 'listening')
  return port
}

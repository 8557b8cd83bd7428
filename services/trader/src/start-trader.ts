import { openLink } from '@drawbridge/client'
import {
  createHttpServer,
  type Lifecycle,
  type Logger,
  listen,
  MetricRegistry,
  openServiceTracing,
  Readiness,
  watchLinks,
} from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import { addTraderRoutes } from './inbound/routes.ts'
import { traderMetrics, traderTelemetry, watchTraders } from './telemetry.ts'
import { openTraders, silentTraders, startReplays } from './traders.ts'

/**
 * Starts a trader, which stops with `lifecycle`; its gates stay closed until a guardian has sent them the newest decisions.
 * @returns the TCP port that it serves HTTP on.
 * @throws if it cannot start; `lifecycle` also releases what it has acquired by then.
 */
export async function startTrader(config: Config, log: Logger, lifecycle: Lifecycle): Promise<number> {
  const registry = new MetricRegistry(config.metrics)
  registry.watchProcess()
  const metrics = traderMetrics(registry)
  const tracing = await openServiceTracing(config.tracing, 'trader', lifecycle, log)
  const link = await openLink(config.nats, 'drawbridge trader', log, traderTelemetry(metrics, tracing, log))
  lifecycle.onStop('NATS', () => link.close())
  const { connection } = link
  watchLinks(registry, connection, config)

  const traders = await openTraders(config, link, lifecycle, log)
  const gates = new Map([...traders.values()].map((trader) => [trader.id, trader.gate]))
  const onFailed = (error: Error) => lifecycle.fail(error)
  const follower = link.followerOf(gates, { leaseMs: config.leaseMs, onFailed })

  watchTraders(registry, traders)
  const readiness = new Readiness()
  readiness.add('NATS', () => follower.away)
  // A service that is not ready gets no traffic: that would close the endpoint on which a silent bot reports again.
  readiness.inform('silent', () => silentTraders(gates.values()))
  readiness.add('decisions', () => (follower.current || gates.size === 0 ? null : 'being read'))
  const server = await createHttpServer({
    service: 'trader',
    address: config.trader,
    settings: config.http,
    log,
    readiness,
    metrics: registry,
  })
  lifecycle.onStop('HTTP server', () => server.close())
  addTraderRoutes(server, traders, metrics.ticksRefused)
  const port = await listen(server, config.trader.host, config.trader.port, 'TRADER_PORT')
  log.info({ port, traders: traders.size }, 'listening')

  // Not awaited: ticks are accepted and bars sent even while no guardian answers. Errors go to onFailed.
  if (gates.size > 0) void follower.start().catch(() => undefined)
  await startReplays(traders, link, lifecycle)
  return port
}

import { openLink } from '@drawbridge/client'
import {
  type HttpServer,
  type Lifecycle,
  type Logger,
  MetricRegistry,
  openServiceTracing,
  Readiness,
  serveHttp,
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
  const served = { service: 'trader', address: config.trader, settings: config.http, log, readiness, metrics: registry }
  const addRoutes = (server: HttpServer) => addTraderRoutes(server, traders, metrics.ticksRefused)
  const port = await serveHttp(served, 'TRADER_PORT', lifecycle, addRoutes)
  log.info({ port, traders: traders.size }, 'listening')

  // Not awaited: ticks are accepted and bars sent even while no guardian answers. Errors go to onFailed.
  if (gates.size > 0) void follower.start().catch(() => undefined)
  await startReplays(traders, link, lifecycle)
  return port
}

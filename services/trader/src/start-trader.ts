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
import { openTraders, silentTraders, startReplays, startSums, undecidedSums } from './traders.ts'
import { Traders } from './unconfigured-traders.ts'

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

  const configured = await openTraders(config, link, lifecycle, log)
  const gates = new Map([...configured.values()].map((trader) => [trader.id, trader.gate]))
  const onFailed = (error: Error) => lifecycle.fail(error)
  const follower = link.followerOf(gates, { leaseMs: config.leaseMs, onFailed })
  const traders = new Traders({ config, configured, link, follower })

  watchTraders(registry, traders)
  const readiness = new Readiness()
  readiness.add('NATS', () => follower.away)
  // A service that is not ready gets no traffic: that would close the endpoint on which a silent bot reports again.
  readiness.inform('silent', () => silentTraders(gatesOf(traders)))
  readiness.inform('sums', () => undecidedSums(configured.values()))
  readiness.inform('guardian', () => (follower.isGuardianHeard ? null : NO_GUARDIAN))
  readiness.add('decisions', () => (follower.current ? null : 'being read'))
  const { trader: address, http: settings } = config
  const served = { service: 'trader', address, settings, log, readiness, metrics: registry, elsewhere }
  const addRoutes = (server: HttpServer) => addTraderRoutes(server, traders, metrics.ticksRefused)
  const port = await serveHttp(served, 'TRADER_PORT', lifecycle, addRoutes)
  log.info({ port, traders: configured.size }, 'listening')

  startSums(configured)
  // Not awaited: ticks are accepted and bars sent even while no guardian answers. Errors go to onFailed.
  void follower.start().catch(() => undefined)
  await startReplays(configured, link, lifecycle)
  return port
}

function* gatesOf(traders: Traders) {
  for (const { gate } of traders.all()) yield gate
}

const NO_GUARDIAN =
  'no risk guardian is heard: nothing is judged, and gates are closed for entries; start one, for example with: npm start'

const OF_OPERATORS = /^\/api\/(events|limits|feature_flags|traders)(\/|$)(?!.*\/(equity|can-trade)$)/

/** An operator who has the wrong port is told the right one. */
function elsewhere(path: string): string | null {
  return OF_OPERATORS.test(path) ? 'operators ask the console, on CONSOLE_PORT (8080 if not set)' : null
}

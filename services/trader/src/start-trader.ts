import { Gate, openLink, type TraderLink } from '@drawbridge/client'
import type { RiskEvent, TraderId } from '@drawbridge/contracts'
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
import { silentTraders } from './core/silent-traders.ts'
import { followDecisions } from './inbound/follow-decisions.ts'
import { readReplay } from './inbound/read-replay.ts'
import { addTraderRoutes } from './inbound/routes.ts'
import { TraderMetrics } from './metrics.ts'
import { Replay } from './replay.ts'
import { TraderTelemetry } from './trader-telemetry.ts'
import type { RunningTrader } from './traders.ts'

type Traders = ReadonlyMap<TraderId, RunningTrader>

/**
 * Starts a trader, which stops with `lifecycle`; its gates stay closed until a guardian has sent them the newest decisions.
 * @returns the TCP port that it serves HTTP on.
 * @throws if it cannot start; `lifecycle` also releases what it has acquired by then.
 */
export async function startTrader(config: Config, log: Logger, lifecycle: Lifecycle): Promise<number> {
  const registry = new MetricRegistry(config.metrics)
  registry.watchProcess()
  const metrics = new TraderMetrics(registry)
  const tracing = await openServiceTracing(config.tracing, 'trader', lifecycle, log)
  const telemetry = new TraderTelemetry(metrics, tracing, log)
  const link = await openLink(config.nats, 'drawbridge trader', log, telemetry)
  lifecycle.onStop('NATS', () => link.close())
  const { connection } = link
  watchLinks(registry, connection, config)

  const traders = await openTraders(config, link, lifecycle, log)
  const gates = new Map([...traders.values()].map((trader) => [trader.id, trader.gate]))
  const onFailed = (error: Error) => lifecycle.fail(error)
  const follower = link.followerOf(gates, { leaseMs: config.leaseMs, onFailed })

  metrics.watch(traders)
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

async function openTraders(config: Config, link: TraderLink, lifecycle: Lifecycle, log: Logger): Promise<Traders> {
  const { client, manager } = link
  const { stopping } = lifecycle
  const traders = new Map<TraderId, RunningTrader>()
  for (const [id, { source }] of Object.entries(config.traders)) {
    const gate = new Gate(id, config.leaseMs)
    if (source.kind === 'http') {
      traders.set(id, { id, source, gate, outbox: link.openOutbox(gate), replay: null })
    } else {
      const simulation = await readReplay(source)
      const replay = new Replay({ trader: id, simulation, gate, client, manager, stopping, log })
      traders.set(id, { id, source, gate, outbox: null, replay })
    }
  }
  return traders
}

/** Each continues where the decisions on its trader end. */
async function startReplays(traders: Traders, { connection }: TraderLink, lifecycle: Lifecycle): Promise<void> {
  const replayed = [...traders.values()].filter(({ replay }) => replay !== null)
  if (replayed.length === 0) return
  const onEvent = (event: RiskEvent) => {
    const trader = traders.get(event.trader)
    trader?.gate.apply(event)
    trader?.replay?.onEvent(event)
  }
  const onFailed = (error: Error) => lifecycle.fail(error)
  const ids = replayed.map(({ id }) => id)
  const decisions = await followDecisions(connection, ids, onEvent, onFailed)
  lifecycle.onStop('decisions on replays', () => decisions.stop())
  await decisions.caughtUp
  for (const { replay } of replayed) void replay?.run()
}

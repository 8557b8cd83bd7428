import { streams, type TraderId } from '@drawbridge/contracts'
import {
  configOrExit,
  connectNats,
  createHttpServer,
  createLogger,
  listen,
  Readiness,
  requireStreams,
  runService,
} from '@drawbridge/service-kit'
import { jetstream } from '@nats-io/jetstream'
import { Registry } from 'prom-client'
import { Gate } from './gate.ts'
import { followDecisions, followHeartbeats } from './inbound/follow-decisions.ts'
import { readReplay } from './inbound/read-replay.ts'
import { addTraderRoutes } from './inbound/routes.ts'
import { registerMetrics } from './metrics.ts'
import { Outbox } from './outbound/outbox.ts'
import { Replay } from './replay.ts'
import type { RunningTrader } from './traders.ts'

const config = configOrExit()
const log = createLogger('trader', config.logLevel)

await runService(log, async (lifecycle) => {
  const connection = await connectNats(config.natsUrl, 'drawbridge trader', log)
  lifecycle.onStop('NATS connection', () => connection.close())
  const manager = await requireStreams(connection, [streams.inputs, streams.risk])
  const client = jetstream(connection, { timeout: 5_000 })
  const { stopping } = lifecycle

  const traders = new Map<TraderId, RunningTrader>()
  for (const [id, { source }] of Object.entries(config.traders)) {
    const gate = new Gate(id, config.leaseMs)
    if (source.kind === 'http') {
      traders.set(id, { id, source, gate, outbox: new Outbox(id, client, gate, stopping, log), replay: null })
    } else {
      const simulation = await readReplay(source)
      const replay = new Replay({ trader: id, simulation, gate, client, manager, stopping, log })
      traders.set(id, { id, source, gate, outbox: null, replay })
    }
  }

  const registry = new Registry()
  registerMetrics(registry, traders)
  const readiness = new Readiness()
  readiness.add('NATS', () => (connection.isClosed() ? 'closed' : null))
  readiness.add('decisions', () => (following ? null : 'being read'))
  let following = false
  const server = createHttpServer(log, readiness, registry)
  lifecycle.onStop('HTTP server', () => server.close())
  addTraderRoutes(server, traders)
  const port = await listen(server, config.trader.host, config.trader.port, 'TRADER_PORT')
  log.info({ port, traders: traders.size }, 'listening')

  const gates = new Map([...traders.values()].map((trader) => [trader.id, trader.gate]))
  followHeartbeats(connection, gates.values())
  const fail = (error: Error) => lifecycle.fail(error)
  const posted = new Map([...gates].filter(([id]) => traders.get(id)?.replay === null))
  if (posted.size > 0) {
    const follower = await followDecisions(connection, posted, 'newest', () => undefined, fail)
    lifecycle.onStop('decisions', () => follower.stop())
    await follower.caughtUp
  }
  for (const { id, gate, replay } of traders.values()) {
    if (replay === null) continue
    const follower = await followDecisions(
      connection,
      new Map([[id, gate]]),
      'first',
      (event) => replay.onEvent(event),
      fail,
    )
    lifecycle.onStop(`decisions on ${id}`, () => follower.stop())
    await follower.caughtUp
    void replay.run()
  }
  following = true
})

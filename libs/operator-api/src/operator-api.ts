import { streams, subjects, type TraderId } from '@drawbridge/contracts'
import { isPushed } from '@drawbridge/nats'
import type { HttpServer, Logger } from '@drawbridge/service-kit'
import { jetstreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { Fleet } from './core/fleet.ts'
import { fleetListener } from './inbound/fleet-listener.ts'
import { Outcomes } from './inbound/outcomes.ts'
import { RiskFeed } from './inbound/risk-feed.ts'
import { RiskLogReader } from './inbound/risk-log-reader.ts'
import { Settled } from './inbound/settled.ts'
import type { OperatorParts } from './operator-parts.ts'
import { Commander } from './outbound/commander.ts'
import { addCommandRoutes } from './routes/command-routes.ts'
import { addEventRoutes, LISTENER_DEFAULTS, type ListenerSettings } from './routes/event-routes.ts'
import { addExplainRoutes } from './routes/explain-routes.ts'
import { addFlagRoutes } from './routes/flag-routes.ts'
import { addLimitRoutes } from './routes/limit-routes.ts'
import { natsFault } from './routes/nats-fault.ts'
import { addTraderRoutes } from './routes/trader-routes.ts'

export interface OperatorApiOptions {
  readonly connection: NatsConnection
  readonly log: Logger
  /** What the service knows of a trader that it runs itself; null: it does not run it. */
  readonly describeTrader?: (trader: TraderId) => object | null
  readonly listeners?: Partial<ListenerSettings>
  /** How often it looks whether the risk log is still the same one, milliseconds; 10 s if not given. */
  readonly lookEveryMs?: number | undefined
  /** How long a command waits for its decision, milliseconds; 2 s if not given. */
  readonly decidedWithinMs?: number | undefined
}

const ANSWER_WITHIN_MS = 2_000

/**
 * The operators' API: a plug-in for any service that may read the risk log and the input log and publish `command.http.>`, by
 * NATS alone. It reads on in the background, and ends with the server.
 */
export async function operatorApi(server: HttpServer, options: OperatorApiOptions): Promise<void> {
  const parts = await follow(server, options)
  server.setErrorHandler((error) => {
    throw natsFault(error)
  })
  addFlagRoutes(server, parts)
  addLimitRoutes(server, parts)
  addTraderRoutes(server, parts)
  addCommandRoutes(server, parts)
  addExplainRoutes(server, parts)
  addEventRoutes(server, parts, { ...LISTENER_DEFAULTS, ...options.listeners })
}

async function follow(server: HttpServer, options: OperatorApiOptions): Promise<OperatorParts> {
  const { connection, log, describeTrader = () => null } = options
  const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
  const outcomes = new Outcomes()
  const settled = new Settled()
  const fleet = new Fleet()
  const feed = new RiskFeed(
    connection,
    manager,
    [outcomes, settled, fleetListener(fleet, log)],
    log,
    options.lookEveryMs,
  )
  const reader = new RiskLogReader(manager)
  const commander = new Commander(connection, manager, feed, outcomes, reader, options.decidedWithinMs)
  const stops = [
    hear(connection, subjects.rejects(streams.inputs), (message) => outcomes.onReject(message)),
    hear(connection, subjects.heartbeat, (message) => settled.onHeartbeat(message)),
  ]
  feed.start()
  server.addHook('preClose', async () => {
    feed.stop()
    for (const stop of stops) stop()
  })
  return { connection, manager, log, feed, fleet, settled, reader, commander, describeTrader }
}

function hear(connection: NatsConnection, subject: string, take: (message: Msg) => void): () => void {
  const subscription = connection.subscribe(subject, {
    callback: (error, message) => {
      if (error === null && !isPushed(message)) take(message)
    },
  })
  return () => subscription.unsubscribe()
}

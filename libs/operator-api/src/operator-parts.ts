import type { TraderId } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Fleet } from './core/fleet.ts'
import type { RiskFeed } from './inbound/risk-feed.ts'
import type { RiskLogReader } from './inbound/risk-log-reader.ts'
import type { Settled } from './inbound/settled.ts'
import type { Commander } from './outbound/commander.ts'

/** What the routes work with. */
export interface OperatorParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly log: Logger
  readonly feed: RiskFeed
  readonly fleet: Fleet
  readonly settled: Settled
  readonly reader: RiskLogReader
  readonly commander: Commander
  /** What the service knows of a trader that it runs itself; null: it does not run it. */
  readonly describeTrader: (trader: TraderId) => object | null
}

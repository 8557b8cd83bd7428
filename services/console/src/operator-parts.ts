import { streams, subjects, type TraderId } from '@drawbridge/contracts'
import { hearPublished } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { Fleet, type Obeys } from './core/fleet.ts'
import { KnownTraders } from './inbound/known-traders.ts'
import { Outcomes, Settled } from './inbound/outcomes.ts'
import { type FeedListener, RiskFeed } from './inbound/risk-feed.ts'
import { RiskLogReader } from './inbound/risk-log-reader.ts'
import { Commander } from './outbound/commander.ts'

/** The parts that the routes use. */
export interface OperatorParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly log: Logger
  readonly feed: RiskFeed
  readonly fleet: Fleet
  readonly settled: Settled
  readonly reader: RiskLogReader
  readonly known: KnownTraders
  readonly commander: Commander
  readonly close: () => void
}

export interface OperatorOptions {
  /** The traders of the settings. */
  readonly configured?: readonly TraderId[] | undefined
  /** Whom each of them obeys. */
  readonly obeys?: Obeys | undefined
  /** How often it checks whether the risk log is still the same one, milliseconds; 10 s if not given. */
  readonly lookEveryMs?: number | undefined
  /** How long a command waits for its decision, milliseconds; 2 s if not given. */
  readonly decidedWithinMs?: number | undefined
}

const ANSWER_WITHIN_MS = 2_000

/** Follows the risk log, the guardians and refused inputs until closed. */
export async function openOperatorParts(
  connection: NatsConnection,
  log: Logger,
  { lookEveryMs, decidedWithinMs, configured = [], obeys }: OperatorOptions = {},
): Promise<OperatorParts> {
  const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
  const outcomes = new Outcomes()
  const settled = new Settled()
  const fleet = new Fleet(obeys)
  const feed = new RiskFeed(connection, manager, [outcomes, settled, fleetListener(fleet, log)], log, lookEveryMs)
  const reader = new RiskLogReader(connection, manager)
  const known = new KnownTraders(configured, fleet, reader, manager)
  const commander = new Commander(connection, manager, feed, outcomes, reader, decidedWithinMs)
  const stops = [
    hearPublished(connection, subjects.rejects(streams.inputs), (message) => outcomes.onReject(message)),
    hearPublished(connection, subjects.heartbeat, (message) => settled.onHeartbeat(message)),
  ]
  feed.start()
  const close = () => {
    feed.stop()
    for (const stop of stops) stop()
  }
  return { connection, manager, log, feed, fleet, settled, reader, known, commander, close }
}

/** Keeps the fleet up to date. Unreadable events are skipped and logged. */
function fleetListener(fleet: Fleet, log: Logger): FeedListener {
  return {
    onEvent({ isTrader, log: trader, seq, data }) {
      if (isTrader && !fleet.apply(trader, data)) log.warn({ trader, seq }, 'skipping an unreadable event')
    },
    onRestart: () => fleet.clear(),
  }
}

import { DEFAULT_LEASE_MS, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { ConnectionWatch, hearPublished } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Currencies, Fleet, type Obeys } from './core/fleet.ts'
import type { LiveAccount, LivePulse } from './core/live-messages.ts'
import { AlertReader } from './inbound/alert-reader.ts'
import { ConnectorWatch } from './inbound/connector-watch.ts'
import type { DatabaseWatch } from './inbound/database-watch.ts'
import { GuardianWatch } from './inbound/guardian-watch.ts'
import { HealthReader } from './inbound/health-reader.ts'
import { KnownTraders } from './inbound/known-traders.ts'
import { Outcomes, Settled } from './inbound/outcomes.ts'
import { type FeedListener, RiskFeed } from './inbound/risk-feed.ts'
import { RiskLogReader } from './inbound/risk-log-reader.ts'
import { Commander } from './outbound/commander.ts'
import { LIVE_DEFAULTS, LiveFeed, type LiveFeedSettings } from './outbound/live-feed.ts'
import { NotifyCommander } from './outbound/notify-commander.ts'

/** The parts that the routes use. */
export interface OperatorParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly log: Logger
  readonly feed: RiskFeed
  readonly fleet: Fleet
  readonly live: LiveFeed
  readonly settled: Settled
  readonly reader: RiskLogReader
  readonly known: KnownTraders
  readonly health: HealthReader
  readonly commander: Commander
  readonly alerts: AlertReader
  readonly notify: NotifyCommander
  /** Those of the traders of the settings. */
  readonly tags: readonly string[]
  readonly close: () => void
}

export interface OperatorOptions {
  /** The traders of the settings. */
  readonly configured?: readonly TraderId[] | undefined
  /** What pages are told of traders beside their events. */
  readonly accounts?: Readonly<Record<TraderId, LiveAccount>> | undefined
  readonly leaseMs?: number | undefined
  readonly live?: LiveFeedSettings | undefined
  /** The database of the history; absent: there is none. */
  readonly database?: Pick<DatabaseWatch, 'told'> | undefined
  /** Whom each of them obeys. */
  readonly obeys?: Obeys | undefined
  readonly currencyOf?: Currencies | undefined
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
  options: OperatorOptions = {},
): Promise<OperatorParts> {
  const { lookEveryMs, decidedWithinMs, configured = [], accounts = {}, obeys, currencyOf, database = null } = options
  const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
  const outcomes = new Outcomes()
  const settled = new Settled()
  const fleet = new Fleet(obeys, currencyOf)
  const guardians = new GuardianWatch()
  const connectors = new ConnectorWatch()
  const live: LiveFeed = liveFeed(fleet, options, (newest) => ({
    now: Date.now(),
    natsAway: ConnectionWatch.of(connection).away,
    isCurrent: feed.isCurrent,
    newest,
    guardian: guardians.heard,
  }))
  // Pages are told of the fleet after it has changed.
  const listeners = [outcomes, settled, fleetListener(fleet, log), live, guardians]
  const feed = new RiskFeed(connection, manager, listeners, log, lookEveryMs)
  const reader = new RiskLogReader(connection, manager)
  const known = new KnownTraders(configured, fleet, reader, manager)
  const health = new HealthReader(connection, manager, guardians, feed, connectors, database)
  const commander = new Commander(connection, manager, feed, outcomes, reader, decidedWithinMs)
  const alerts = new AlertReader(manager)
  const notify = new NotifyCommander(connection, alerts, decidedWithinMs)
  const tags = [...new Set(Object.values(accounts).flatMap((account) => account.tags))]
  const stops = [
    hearPublished(connection, subjects.rejects(streams.inputs), (message) => outcomes.onReject(message)),
    hearPublished(connection, subjects.connectorReport('*'), (message) => connectors.onReport(message)),
    hearPublished(connection, subjects.heartbeat, (message) => {
      settled.onHeartbeat(message)
      guardians.onHeartbeat(message)
    }),
  ]
  feed.start()
  const close = () => {
    feed.stop()
    live.stop()
    for (const stop of stops) stop()
  }
  return {
    connection,
    manager,
    log,
    feed,
    fleet,
    live,
    settled,
    reader,
    known,
    health,
    commander,
    alerts,
    notify,
    tags,
    close,
  }
}

function liveFeed(
  fleet: Fleet,
  { accounts = {}, leaseMs = DEFAULT_LEASE_MS, live = LIVE_DEFAULTS }: OperatorOptions,
  pulse: (newest: LivePulse['newest']) => LivePulse,
): LiveFeed {
  return new LiveFeed(fleet, () => ({ accounts, leaseMs }), pulse, live)
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

import { streams } from '@drawbridge/contracts'
import type { Lifecycle, Logger, MetricRegistry, Tracing } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { CarefulStart } from './careful-start.ts'
import { Configurations } from './configurations.ts'
import { Role, TAKEOVER_MS } from './core/role.ts'
import { Settlement } from './core/settlement.ts'
import { Failures } from './failures.ts'
import { InputWatch } from './inbound/input-watch.ts'
import { NewestRequests } from './inbound/newest-requests.ts'
import { RiskLogReader } from './inbound/risk-log-reader.ts'
import { RiskTail } from './inbound/risk-tail.ts'
import { Intake, UNSETTLED_MAX } from './intake.ts'
import { Lanes } from './lanes.ts'
import { LogWatch } from './log-watch.ts'
import { GuardianMetrics } from './metrics.ts'
import { DeadLetters } from './outbound/dead-letters.ts'
import { Heartbeats } from './outbound/heartbeats.ts'
import { Publisher } from './outbound/publisher.ts'
import { holdAtReconnects } from './outbound/reconnect-hold.ts'
import { RiskLog } from './outbound/risk-log.ts'
import { BATCH_FROM } from './trader-lane.ts'
import { WakeTimers } from './wake-timers.ts'
import { Watermark } from './watermark.ts'

export interface GuardianOptions {
  readonly connection: NatsConnection
  /** Its timeout must be short: a request that is lost with a connection blocks its caller until then. */
  readonly manager: JetStreamManager
  /**
   * For the requests of gates; as above if not given. With a connection of its own, a flood of requests delays no decision.
   */
  readonly answers?: Pick<GuardianOptions, 'connection' | 'manager'>
  /** Names this process in the log and in heartbeats. */
  readonly name: string
  /** The lease of the gates, milliseconds; no heartbeat is sent while an input is undecided for half of it. */
  readonly leaseMs: number
  /** How long inputs are left to another guardian, milliseconds; {@link TAKEOVER_MS} and some more at random if not given. */
  readonly takeoverMs?: number
  /** How many of the newest events are read before it judges; {@link UNSETTLED_MAX} if not given. */
  readonly readAtOnce?: number
  /** See {@link BATCH_FROM}, which it is if not given. */
  readonly batchFrom?: number
  readonly lifecycle: Lifecycle
  readonly registry: MetricRegistry
  /** Off if not given. */
  readonly tracing?: Tracing | null
  /** Called at the start when the server begins to look up the newest event of each trader, which takes it a while. */
  readonly onAsked?: (() => void) | undefined
  readonly log: Logger
}

/** Guardians that start together do not become active together. */
const TAKEOVER_SPREAD_MS = 60

export type GuardianParts = ReturnType<typeof makeParts>

/** The parts of a guardian, each made from earlier ones; parts that must be stopped stop with the lifecycle. */
export function makeParts(options: GuardianOptions) {
  const { connection, manager, name, leaseMs, lifecycle, registry, tracing = null, onAsked, log } = options
  const watch = new LogWatch({ manager, stopping: lifecycle.stopping, log })
  const inputs = new InputWatch(manager)
  const failures = new Failures(lifecycle, watch)
  const { stopping } = failures
  const role = new Role(options.takeoverMs ?? TAKEOVER_MS + Math.random() * TAKEOVER_SPREAD_MS, name)
  const settlement = new Settlement()
  const watermark = new Watermark({ settlement, watch, inputs })
  const metrics = new GuardianMetrics(registry, inputs)

  const publisher = new Publisher(connection, watch, metrics.publishDuration)
  lifecycle.onStop('publisher', () => publisher.close())
  // Before all that sends after a reconnect.
  lifecycle.onStop('looks at reconnects', holdAtReconnects(connection, publisher, watch, inputs, failures))
  const tail = new RiskTail({ connection, stopping, log, onAsked, onLost: failures.fail })
  const riskLog = new RiskLog({ publisher, manager, name, watermark, watch, tail, stopping, log })
  const deadLetters = new DeadLetters(connection, name, stopping, log)

  const configurations = new Configurations(riskLog, role, stopping)
  metrics.watchFeeds(() => configurations.current)
  const client = jetstream(connection, { timeout: 5_000 })
  const wakeTimers = new WakeTimers({ client, configurations, inputs, failures, log })
  const { batchFrom = BATCH_FROM } = options
  const lanes = new Lanes({ riskLog, deadLetters, metrics, tracing, role, wakeTimers, batchFrom, failures, log })
  const careful = new CarefulStart(connection, manager, log)
  const judging = { inputs, settlement, configurations, lanes, deadLetters, metrics, careful, wakeTimers }
  const intake = new Intake({ ...judging, connection, failures, log })

  const { readAtOnce = UNSETTLED_MAX } = options
  const logged = { watch, inputs, watermark }
  const reader = new RiskLogReader({ ...logged, name, readAtOnce, lanes, configurations, intake, role })
  const answers = options.answers ?? { connection, manager }
  const requests = new NewestRequests({ ...answers, identity: watch, lanes, failures, log })
  const looking = { ...logged, settlement, riskLog, intake, tail, failures }
  const heartbeats = new Heartbeats({ ...looking, connection, name, leaseMs, log })
  return { ...judging, ...looking, role, publisher, reader, requests, heartbeats }
}

/** Gauges of the guardian, read at a scrape; a gauge without a value yet is left out. */
export function registerGauges(
  registry: MetricRegistry,
  { settlement, inputs, watch, publisher, role, heartbeats, riskLog, configurations, lanes }: GuardianParts,
): void {
  registry.gauge('guardian_settled_sequence', () => settlement.settled)
  registry.gauge('guardian_unsettled_inputs', () => settlement.open)
  registry.gauge('guardian_lag_inputs', () =>
    inputs.lastSeq === null ? null : Math.max(0, inputs.lastSeq + watch.inputsOffset - settlement.settled),
  )
  registry.gauge('guardian_events_in_flight', () => publisher.inFlight)
  registry.gauge('guardian_turn', () => Number(role.isActive))
  registry.gauge('guardian_heartbeat_timestamp_seconds', () => heartbeats.sentAt / 1_000)
  registry.gauge('guardian_risk_log_full', () => Number(riskLog.full))
  registry.gauge('guardian_risk_log_damaged', () => Number(watch.damaged !== null))
  registry.gauge('risk_enforcement_enabled', () => Number(configurations.current.enforcement))
  registry.gauge('guardian_server_clock_offset_seconds', () =>
    inputs.serverAheadMs === null ? null : inputs.serverAheadMs / 1_000,
  )
  registry.gauge('guardian_traders', () => lanes.size)
  registry.collect('nats_stream_consumers', function* () {
    if (inputs.consumers !== null) yield { labels: { stream: streams.inputs }, value: inputs.consumers }
    if (watch.state !== null) yield { labels: { stream: streams.risk }, value: watch.state.consumer_count }
  })
}

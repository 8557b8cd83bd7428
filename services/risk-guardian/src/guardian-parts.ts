import { streams } from '@drawbridge/contracts'
import { type Lifecycle, type Logger, type MetricRegistry, Rejects, type Tracing } from '@drawbridge/service-kit'
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
import { LogBinding } from './log-binding.ts'
import { LogWatch } from './log-watch.ts'
import { GuardianMetrics } from './metrics.ts'
import { AttemptNotes } from './outbound/attempt-notes.ts'
import { Heartbeats } from './outbound/heartbeats.ts'
import { InputRejects } from './outbound/input-rejects.ts'
import { Publisher } from './outbound/publisher.ts'
import { Quarantine } from './outbound/quarantine.ts'
import { ReconnectHold } from './outbound/reconnect-hold.ts'
import { RiskLog } from './outbound/risk-log.ts'
import { WakeRounds } from './wake-rounds.ts'
import { WakeTimers } from './wake-timers.ts'
import { Watermark } from './watermark.ts'

export interface GuardianOptions {
  readonly connection: NatsConnection
  /** A question that is lost with a connection holds up what asked it until its timeout, which must be short therefore. */
  readonly manager: JetStreamManager
  /**
   * How gates that ask are heard and answered; by what decides if not given. With a connection of its own no flood of questions
   * holds up decisions.
   */
  readonly answers?: Pick<GuardianOptions, 'connection' | 'manager'>
  /** Names this process in the log and in heartbeats. */
  readonly name: string
  /** The lease of the gates, milliseconds; no heartbeat is sent while an input is undecided for half of it. */
  readonly leaseMs: number
  /** How long inputs are left to another guardian, milliseconds; {@link TAKEOVER_MS} and a little at random if not given. */
  readonly takeoverMs?: number
  /** How many of the newest events are read before it judges; as many as inputs may be unsettled if not given. */
  readonly readAtOnce?: number
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

/** The parts of a guardian, each made of those before it; those that hold something go with the lifecycle. */
export function makeParts(options: GuardianOptions) {
  const { connection, manager, name, leaseMs, lifecycle, registry, tracing = null, onAsked, log } = options
  const watch = new LogWatch({ manager, stopping: lifecycle.stopping, log })
  const binding = new LogBinding(manager, watch)
  const inputs = new InputWatch(manager)
  const failures = new Failures(lifecycle, watch, binding)
  const { stopping } = failures
  const role = new Role(options.takeoverMs ?? TAKEOVER_MS + Math.random() * TAKEOVER_SPREAD_MS, name)
  const settlement = new Settlement()
  const watermark = new Watermark({ settlement, binding, inputs })
  const metrics = new GuardianMetrics(registry, inputs)

  const publisher = new Publisher(connection, watch, metrics.publishDuration)
  lifecycle.onStop('publisher', () => publisher.close())
  // Before all that sends after a reconnect.
  const reconnectHold = new ReconnectHold({ connection, publisher, binding, inputs, failures })
  lifecycle.onStop('looks at reconnects', () => reconnectHold.stop())
  const tail = new RiskTail({ connection, stopping, log, onAsked, onLost: failures.fail })
  const riskLog = new RiskLog({ publisher, manager, guardian: name, watermark, watch, tail, stopping, log })
  const rejects = new InputRejects(new Rejects(connection, streams.inputs), stopping, log)
  const quarantine = new Quarantine(connection, rejects, name, stopping, log)

  const configurations = new Configurations(riskLog, role, stopping)
  const wakeTimers = new WakeTimers(jetstream(connection, { timeout: 5_000 }), configurations, inputs, stopping, log)
  const lanes = new Lanes({ riskLog, rejects, metrics, tracing, role, wakeTimers, failures, log })
  const wakeRounds = new WakeRounds({ lanes, configurations, inputs, wakeTimers, failures })
  const careful = new CarefulStart(new AttemptNotes(connection, manager, log), log)
  const judging = { inputs, settlement, configurations, lanes, rejects, metrics, careful, quarantine, wakeRounds }
  const intake = new Intake({ ...judging, connection, failures, log })

  const { readAtOnce = UNSETTLED_MAX } = options
  const logged = { watch, binding, inputs, watermark }
  const reader = new RiskLogReader({ ...logged, name, readAtOnce, lanes, configurations, intake, role })
  const answers = options.answers ?? { connection, manager }
  const requests = new NewestRequests({ ...answers, binding, lanes, failures, log })
  const looking = { inputs, binding, settlement, riskLog, watermark, intake, tail, failures }
  const heartbeats = new Heartbeats({ ...looking, connection, name, leaseMs, log })
  return { ...judging, ...logged, ...looking, role, publisher, reader, requests, heartbeats }
}

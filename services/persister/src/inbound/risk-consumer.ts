import { durables, streams, subjects } from '@drawbridge/contracts'
import { ConsumersUsedUpError, isConsumerMissing, isConsumersUsedUp } from '@drawbridge/nats'
import type { Lifecycle } from '@drawbridge/service-kit'
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
  jetstreamManager,
  ReplayPolicy,
} from '@nats-io/jetstream'
import { type NatsConnection, nanos } from '@nats-io/transport-node'
import type { PersisterMetrics } from '../persister-metrics.ts'

const LAG_EVERY_MS = 2_000
const LAG_WITHIN_MS = 1_000

/** The durable consumer that all replicas share: each event goes to one of them, and to another if it is not acked. */
const SETTINGS: Partial<ConsumerConfig> = {
  durable_name: durables.persister,
  description: 'Writes every decision into the database',
  filter_subject: subjects.storedAll,
  deliver_policy: DeliverPolicy.All,
  replay_policy: ReplayPolicy.Instant,
  ack_policy: AckPolicy.Explicit,
  /** An event that is delivered again while it is still being stored is stored once all the same. */
  ack_wait: nanos(10_000),
  /** The maximum of events that all replicas together hold and have not stored. */
  max_ack_pending: 20_000,
  /** For ever: what cannot be stored goes to REJECTS and is acked. */
  max_deliver: -1,
}

export async function ensureRiskConsumer(manager: JetStreamManager): Promise<void> {
  try {
    await manager.consumers.info(streams.risk, durables.persister)
  } catch (error) {
    if (!isConsumerMissing(error)) throw error
    await manager.consumers.add(streams.risk, SETTINGS).catch((refusal: unknown) => {
      throw isConsumersUsedUp(refusal) ? new ConsumersUsedUpError(streams.risk, refusal) : refusal
    })
  }
}

/** Measures on a timer how many events no replica has stored yet: a scrape needs no NATS. */
export async function watchLag(
  connection: NatsConnection,
  metrics: PersisterMetrics,
  lifecycle: Lifecycle,
): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: LAG_WITHIN_MS, checkAPI: false })
  const look = async () => {
    const info = await manager.consumers.info(streams.risk, durables.persister)
    metrics.lagEvents.set(info.num_pending + info.num_ack_pending)
  }
  const timer = setInterval(() => void look().catch(() => undefined), LAG_EVERY_MS)
  lifecycle.onStop('lag', () => clearInterval(timer))
}

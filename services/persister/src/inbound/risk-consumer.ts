import { durables, streams, subjects } from '@drawbridge/contracts'
import { ConsumersUsedUpError, isConsumerMissing, isConsumersUsedUp } from '@drawbridge/nats'
import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager, ReplayPolicy } from '@nats-io/jetstream'

const NANOS_PER_SECOND = 1_000_000_000

/** One durable consumer that all replicas share: each event goes to one of them, and to another if it is not acked. */
const SETTINGS: Partial<ConsumerConfig> = {
  durable_name: durables.persister,
  description: 'Writes every decision into the database',
  filter_subject: subjects.storedAll,
  deliver_policy: DeliverPolicy.All,
  replay_policy: ReplayPolicy.Instant,
  ack_policy: AckPolicy.Explicit,
  /** An event that came again while the first one was still being stored is stored once all the same. */
  ack_wait: 10 * NANOS_PER_SECOND,
  /** All replicas together hold at most so many events that are not stored yet. */
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

/** Events that no replica has stored yet. */
export async function eventsBehind(manager: JetStreamManager): Promise<number> {
  const info = await manager.consumers.info(streams.risk, durables.persister)
  return info.num_pending + info.num_ack_pending
}

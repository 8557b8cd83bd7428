import { eventually } from '@drawbridge/testing'
import { AckPolicy, type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream'
import type { Scene } from './scene.ts'

export const MILLISECOND_NANOS = 1_000_000
export const ACK_WAIT_MS = 600

/** As the persister's. */
export const DURABLE: Partial<ConsumerConfig> = {
  durable_name: 'durable',
  filter_subject: 'contract.>',
  deliver_policy: DeliverPolicy.All,
  ack_policy: AckPolicy.Explicit,
  ack_wait: ACK_WAIT_MS * MILLISECOND_NANOS,
  max_ack_pending: 100,
  max_deliver: -1,
}

export const expires = (ms: number) => ({ expires: ms * MILLISECOND_NANOS })

export async function countsOf({ manager, stream }: Scene) {
  const info = await manager.consumers.info(stream, 'durable')
  return {
    delivered: [info.delivered.consumer_seq, info.delivered.stream_seq],
    floor: [info.ack_floor.consumer_seq, info.ack_floor.stream_seq],
    unacked: info.num_ack_pending,
    again: info.num_redelivered,
    waiting: info.num_waiting,
    pending: info.num_pending,
  }
}

/** A durable consumer of a stream that holds these. */
export async function durable(scene: Scene, subjects: readonly string[], settings: Partial<ConsumerConfig> = {}) {
  await scene.createStream()
  await scene.fill(...subjects)
  await scene.createConsumer({ ...DURABLE, ...settings })
}

export const THREE = ['contract.a', 'contract.b', 'contract.c']

/**
 * Waits until a consumer counts so many messages as pending, and returns the count. A server acknowledges a message when it
 * is stored, and counts it for its consumers shortly after.
 */
export async function untilPending({ manager, stream }: Scene, count: number, consumer = 'durable'): Promise<number> {
  const isPending = async () => (await manager.consumers.info(stream, consumer)).num_pending === count
  await eventually(isPending, { what: `${count} messages to be pending` })
  return count
}

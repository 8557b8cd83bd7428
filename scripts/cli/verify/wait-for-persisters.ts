import { setTimeout as delay } from 'node:timers/promises'
import { durables, streams } from '@drawbridge/contracts'
import { isConsumerMissing } from '@drawbridge/nats'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

const LOOK_EVERY_MS = 100

/**
 * Waits until persisters have stored every event up to a sequence of RISK; what they acknowledged is committed.
 * @param withinMs gives up after so long
 * @returns how far they have stored everything; less than `end` where they are behind, 0 where there never was one
 */
export async function waitForPersisters(connection: NatsConnection, end: number, withinMs: number): Promise<number> {
  const manager = await jetstreamManager(connection, { timeout: 10_000, checkAPI: false })
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      const info = await manager.consumers.info(streams.risk, durables.persister)
      // The server counts what is pending a moment after it has stored it.
      const isDone = info.delivered.stream_seq >= end && info.num_pending + info.num_ack_pending === 0
      if (isDone || info.ack_floor.stream_seq >= end || performance.now() >= deadline) {
        return isDone ? end : Math.min(end, info.ack_floor.stream_seq)
      }
    } catch (error) {
      if (!isConsumerMissing(error)) throw error
      return 0
    }
    await delay(LOOK_EVERY_MS)
  }
}

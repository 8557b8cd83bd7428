import { decodeRemoved, type RemovedEvent, streams, subjects } from '@drawbridge/contracts'
import { followStream, type StreamMessage } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'

/**
 * The inputs that admins have removed, by input sequence, from the risk log. Any other gap in the input log is damage.
 * There are only as many as admins removed by hand.
 * @throws if the log, or such an event in it, cannot be read
 */
export async function readRemovedInputs(connection: NatsConnection): Promise<ReadonlyMap<number, RemovedEvent>> {
  const removed = new Map<number, RemovedEvent>()
  const lost = Promise.withResolvers<never>()
  const follower = await followStream(connection, {
    stream: streams.risk,
    filterSubjects: [subjects.config('removed')],
    start: { from: 1 },
    onMessage: (message) => {
      const event = removedEventOf(message)
      removed.set(event.inputSeq, event)
    },
    onLost: lost.reject,
  })
  try {
    await Promise.race([follower.caughtUp, lost.promise])
  } finally {
    follower.stop()
  }
  return removed
}

/** @throws if it cannot be read */
export function removedEventOf({ seq, data }: Pick<StreamMessage, 'seq' | 'data'>): RemovedEvent {
  const event = decodeRemoved(data)
  if (event.ok) return event.value
  throw new Error(`event ${seq} of the risk log, about a removed input, cannot be read: ${event.reason}`)
}

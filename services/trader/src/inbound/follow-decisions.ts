import { decodeRiskEvent, type RiskEvent, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { type Follower, followStream } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'

/**
 * Hands over every decision that was ever made on some traders, and then those that are stored, in the order of the log: by
 * one consumer for all of them. A decision that cannot be read ends it: `onLost` hears which.
 */
export function followDecisions(
  connection: NatsConnection,
  traders: Iterable<TraderId>,
  onEvent: (event: RiskEvent) => void,
  onLost: (error: Error) => void,
): Promise<Follower> {
  return followStream(connection, {
    stream: streams.risk,
    filterSubjects: [...traders].map(subjects.traderLog),
    start: { from: 1 },
    onMessage: (message) => {
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw new Error(`event ${message.seq} of the risk log cannot be read: ${event.reason}`)
      onEvent(event.value)
    },
    onLost,
  })
}

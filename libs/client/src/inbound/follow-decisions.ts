import { decodeRiskEvent, type RiskEvent, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { type Follower, followStream, type StreamMessage } from '@drawbridge/nats-kit'
import type { NatsConnection } from '@nats-io/transport-node'

/** How far back to begin: with the newest decisions, or with the first that was ever made. */
export type Beginning = 'newest' | 'first'

/**
 * Hands over the decisions on some traders as they are stored, in the order of the log. A decision that cannot be read
 * ends it: `onLost` hears which.
 */
export function followDecisions(
  connection: NatsConnection,
  traders: Iterable<TraderId>,
  beginning: Beginning,
  onEvent: (event: RiskEvent, message: StreamMessage) => void,
  onLost: (error: Error) => void,
): Promise<Follower> {
  return followStream(connection, {
    stream: streams.risk,
    filterSubjects: [...traders].map(subjects.traderLog),
    start: beginning === 'first' ? { from: 1 } : 'last-per-subject',
    onMessage: (message) => {
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw new Error(`event ${message.seq} of the risk log cannot be read: ${event.reason}`)
      onEvent(event.value, message)
    },
    onLost,
  })
}

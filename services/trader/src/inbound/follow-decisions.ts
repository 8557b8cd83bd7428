import { decodeRiskEvent, type RiskEvent, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { type Follower, followStream } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'

/**
 * Delivers every past decision on some traders, and then new ones, in the order of the log, with one consumer for all of
 * them. An unreadable decision ends it: `onLost` is called with it.
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

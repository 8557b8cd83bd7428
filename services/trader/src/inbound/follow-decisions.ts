import {
  decodeRiskEvent,
  parseEventSubject,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { type Follower, followStream } from '@drawbridge/service-kit'
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
  onEvent: (event: RiskEvent) => void,
  onLost: (error: Error) => void,
): Promise<Follower> {
  const followed = new Set(traders)
  const [only] = followed
  return followStream(connection, {
    stream: streams.risk,
    // Of several traders the log is read whole: who may name many subjects in one request may change any consumer.
    filterSubjects: [subjects.traderLog(followed.size === 1 && only !== undefined ? only : '*')],
    start: beginning === 'first' ? { from: 1 } : 'last-per-subject',
    onMessage: (message) => {
      const address = parseEventSubject(message.subject)
      if (address.kind !== 'trader' || !followed.has(address.trader)) return
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw new Error(`event ${message.seq} of the risk log cannot be read: ${event.reason}`)
      onEvent(event.value)
    },
    onLost,
  })
}

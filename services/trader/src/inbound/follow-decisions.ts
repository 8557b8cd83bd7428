import {
  decodeHeartbeat,
  decodeRiskEvent,
  parseEventSubject,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { type Follower, followStream } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Gate } from '../gate.ts'

/** How far back to begin: with the newest decisions, or with the first that was ever made. */
export type Beginning = 'newest' | 'first'

/**
 * Brings the decisions on some traders to their gates, as they are stored, and to `onEvent` after that.
 * @throws where the log holds what cannot be read as a decision
 */
export async function followDecisions(
  connection: NatsConnection,
  gates: ReadonlyMap<TraderId, Gate>,
  beginning: Beginning,
  onEvent: (event: RiskEvent) => void,
  onLost: (error: Error) => void,
): Promise<Follower> {
  const lose = (error: Error) => {
    for (const gate of gates.values()) gate.lost()
    onLost(error)
  }
  const follower = await followStream(connection, {
    stream: streams.risk,
    filterSubjects: [...gates.keys()].map(subjects.traderLog),
    start: beginning === 'first' ? { from: 1 } : 'last-per-subject',
    onMessage: (message) => {
      const address = parseEventSubject(message.subject)
      const gate = address.kind === 'trader' ? gates.get(address.trader) : undefined
      if (gate === undefined) return
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw new Error(`event ${message.seq} of the risk log cannot be read: ${event.reason}`)
      gate.apply(event.value)
      onEvent(event.value)
    },
    onLost: lose,
  })
  void follower.caughtUp.then(() => {
    for (const gate of gates.values()) gate.caughtUp()
  }, lose)
  return follower
}

/** Brings the guardians' signs of life to the gates. */
export function followHeartbeats(connection: NatsConnection, gates: Iterable<Gate>): void {
  const all = [...gates]
  connection.subscribe(subjects.heartbeat, {
    callback: (_error, message) => {
      if (!decodeHeartbeat(message.data).ok) return
      const now = performance.now()
      for (const gate of all) gate.heartbeat(now)
    },
  })
}

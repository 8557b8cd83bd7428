import { decodeHeartbeat, type Heartbeat, headerNames, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { isPushed, rawHeader, storedEventOf } from '@drawbridge/nats'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { HeardDecision } from '../telemetry.ts'

interface Listener {
  readonly onHeartbeat: (heartbeat: Heartbeat) => void
  /** RISK has stored an event of the trader. */
  readonly onDecision: (trader: TraderId, stored: HeardDecision) => void
}

/** What is heard without a consumer: heartbeats of guardians, and what the risk log republishes of traders. */
export class Subscriptions {
  readonly #connection: NatsConnection
  readonly #listener: Listener
  readonly #traders = new Map<TraderId, Subscription>()
  #heartbeats: Subscription | null = null

  constructor(connection: NatsConnection, listener: Listener) {
    this.#connection = connection
    this.#listener = listener
  }

  hearGuardians(): void {
    const callback = (error: Error | null, message: Msg) => {
      if (error !== null || isPushed(message)) return
      const heartbeat = decodeHeartbeat(message.data)
      if (heartbeat.ok) this.#listener.onHeartbeat(heartbeat.value)
    }
    this.#heartbeats = this.#connection.subscribe(subjects.heartbeat, { callback })
  }

  hear(trader: TraderId): void {
    const callback = (error: Error | null, message: Msg) => {
      const stored = error === null ? storedByRisk(message) : null
      if (stored !== null) this.#listener.onDecision(trader, stored)
    }
    this.#traders.set(trader, this.#connection.subscribe(subjects.traderLog(trader), { callback }))
  }

  hearNoMore(trader: TraderId): void {
    if (!this.#connection.isClosed()) this.#traders.get(trader)?.unsubscribe()
    this.#traders.delete(trader)
  }

  end(): void {
    if (this.#connection.isClosed()) return
    for (const one of this.#traders.values()) one.unsubscribe()
    this.#heartbeats?.unsubscribe()
  }
}

/** Anybody may publish on these subjects what RISK never stores, so only what it republishes counts. */
function storedByRisk(message: Msg): HeardDecision | null {
  if (rawHeader(message, headerNames.streamName) !== streams.risk) return null
  const stored = storedEventOf(message)
  return stored === null ? null : { ...stored, header: (name) => rawHeader(message, name) }
}

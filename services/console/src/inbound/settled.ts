import { decodeHeartbeat } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'
import type { FeedListener } from './risk-feed.ts'

/** The watermark from the guardians' heartbeats: up to which input they have decided. */
export class Settled implements FeedListener {
  #upTo = 0

  get upTo(): number {
    return this.#upTo
  }

  onHeartbeat(message: Msg): void {
    const heartbeat = decodeHeartbeat(message.data)
    if (heartbeat.ok) this.#upTo = Math.max(this.#upTo, heartbeat.value.settled)
  }

  onEvent(): void {}

  onRestart(): void {
    this.#upTo = 0
  }
}

import { decodeHeartbeat } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'
import type { FeedListener } from './risk-feed.ts'

/** Up to which input guardians have decided, as their signs of life say. */
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

  onAnew(): void {
    this.#upTo = 0
  }
}

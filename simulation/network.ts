import type { Random } from '@drawbridge/testing/random'
import type { NetworkFaults } from './nats/simulated-server.ts'
import { SimulatedTransport } from './nats/transport.ts'
import { outside } from './process.ts'

const { connect, send, close, discard } = SimulatedTransport.prototype

/** How long frames take, for each connection. */
export class Network implements NetworkFaults {
  readonly #random: Random
  readonly #ordinaryMaxMs: number
  readonly #lagging = new Map<string, number>()

  /** @param ordinaryMaxMs the most that a frame takes without a fault */
  constructor(random: Random, ordinaryMaxMs: number) {
    this.#random = random
    this.#ordinaryMaxMs = ordinaryMaxMs
  }

  delayMs(connection: string): number {
    const ordinary = this.#random.between(0, this.#ordinaryMaxMs)
    const lag = this.#lagging.get(connection)
    return lag === undefined ? ordinary : ordinary + this.#random.between(0, lag)
  }

  /** Each frame of the connection takes up to `mostMs` longer, both ways, until {@link hasten}. */
  lag(connection: string, mostMs: number): void {
    this.#lagging.set(connection, mostMs)
  }

  /** Frames that were already sent keep their delay. */
  hasten(connection: string): void {
    this.#lagging.delete(connection)
  }
}

/**
 * Once a process has sent data, the network delivers it and the server handles it, even while that process is stopped or
 * dead. Call this once.
 */
export function makeNetworkIndependent(): void {
  Object.assign(SimulatedTransport.prototype, {
    connect(this: SimulatedTransport, ...given: Parameters<typeof connect>) {
      return outside(() => connect.apply(this, given))
    },
    send(this: SimulatedTransport, chunk: Uint8Array) {
      outside(() => send.call(this, chunk))
    },
    close(this: SimulatedTransport) {
      return outside(() => close.call(this))
    },
    discard(this: SimulatedTransport) {
      outside(() => discard.call(this))
    },
  })
}

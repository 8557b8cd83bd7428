import type { Random } from '@drawbridge/testing/random'
import type { NetworkFaults } from './nats/simulated-server.ts'

/** How long frames take, connection by connection. */
export class Network implements NetworkFaults {
  readonly #random: Random
  readonly #ordinaryMaxMs: number
  readonly #lagging = new Map<string, number>()

  /** @param ordinaryMaxMs what a frame takes at most while nothing is wrong */
  constructor(random: Random, ordinaryMaxMs: number) {
    this.#random = random
    this.#ordinaryMaxMs = ordinaryMaxMs
  }

  delayMs(connection: string): number {
    const ordinary = this.#random.between(0, this.#ordinaryMaxMs)
    const lag = this.#lagging.get(connection)
    return lag === undefined ? ordinary : ordinary + this.#random.between(0, lag)
  }

  /** Every frame of the connection takes up to so much longer, both ways, until it is {@link hasten}ed. */
  lag(connection: string, mostMs: number): void {
    this.#lagging.set(connection, mostMs)
  }

  /** Frames that are under way still take the time that they were given. */
  hasten(connection: string): void {
    this.#lagging.delete(connection)
  }
}

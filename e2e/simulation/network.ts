import type { NetworkFaults } from './nats/simulated-server.ts'
import type { Random } from './random.ts'

/** How long frames take, connection by connection. */
export class Network implements NetworkFaults {
  readonly #random: Random
  readonly #now: () => number
  readonly #ordinaryMaxMs: number
  readonly #lagging = new Map<string, number>()
  readonly #frozenUntil = new Map<string, number>()

  /** @param ordinaryMaxMs what a frame takes at most while nothing is wrong */
  constructor(random: Random, now: () => number, ordinaryMaxMs: number) {
    this.#random = random
    this.#now = now
    this.#ordinaryMaxMs = ordinaryMaxMs
  }

  delayMs(connection: string): number {
    const ordinary = this.#random.between(0, this.#ordinaryMaxMs)
    const lag = this.#lagging.get(connection)
    const frozenUntil = this.#frozenUntil.get(connection)
    const slow = lag === undefined ? ordinary : ordinary + this.#random.between(0, lag)
    return frozenUntil === undefined ? slow : Math.max(slow, frozenUntil - this.#now())
  }

  /** Every frame of the connection takes up to so much longer, both ways, until it is {@link hasten}ed. */
  lag(connection: string, mostMs: number): void {
    this.#lagging.set(connection, mostMs)
  }

  /** Nothing passes, either way, until then; then all does at once. */
  freeze(connection: string, until: number): void {
    this.#frozenUntil.set(connection, until)
  }

  hasten(connection: string): void {
    this.#lagging.delete(connection)
  }

  /** Frames that are under way still take the time that they were given. */
  thaw(connection: string): void {
    this.#frozenUntil.delete(connection)
  }
}

import type { NatsConnection } from '@nats-io/transport-node'
import { deferred } from './deferred.ts'

const watches = new WeakMap<NatsConnection, ConnectionWatch>()

/** Knows whether NATS is connected. */
export class ConnectionWatch {
  readonly #listeners = new Set<() => void>()
  #away: string | null = null

  private constructor(connection: NatsConnection) {
    void this.#follow(connection)
  }

  /** The one watch of a connection; it lasts until the connection is closed. */
  static of(connection: NatsConnection): ConnectionWatch {
    const known = watches.get(connection)
    if (known !== undefined) return known
    const watch = new ConnectionWatch(connection)
    watches.set(connection, watch)
    return watch
  }

  /** Why NATS is unavailable; null: it is available. */
  get away(): string | null {
    return this.#away
  }

  /** Calls the listener after each reconnect; the returned function stops that. */
  onReconnect(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Waits for an answer until NATS has been away: an answer is lost with its connection.
   * @throws what `answer` is rejected with, or an error at the first reconnect
   */
  async untilReconnect<T>(answer: Promise<T>): Promise<T> {
    const { promise: lost, reject } = deferred<never>()
    const forget = this.onReconnect(() => reject(new Error('NATS was disconnected before it answered')))
    return Promise.race([answer, lost]).finally(forget)
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#away = `NATS at ${status.server} is unreachable`
      if (status.type === 'reconnect') {
        this.#away = null
        for (const listener of [...this.#listeners]) listener()
      }
    }
  }
}

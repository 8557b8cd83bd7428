import type { NatsConnection } from '@nats-io/transport-node'

/** Knows whether NATS is there. */
export class ConnectionWatch {
  #away: string | null = null
  #onReconnect: () => void = () => undefined

  constructor(connection: NatsConnection) {
    void this.#follow(connection)
  }

  /** Why NATS is away; null: it is not. */
  get away(): string | null {
    return this.#away
  }

  /** What to do each time that NATS has come back. */
  onReconnect(action: () => void): void {
    this.#onReconnect = action
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#away = `NATS at ${status.server} cannot be reached`
      if (status.type === 'reconnect') {
        this.#away = null
        this.#onReconnect()
      }
    }
  }
}

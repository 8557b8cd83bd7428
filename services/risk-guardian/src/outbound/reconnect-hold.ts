import { Backoff, ConnectionWatch } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Failures, isFinal } from '../failures.ts'
import type { InputWatch } from '../inbound/input-watch.ts'
import type { LogBinding } from '../log-binding.ts'
import type { Publisher } from './publisher.ts'

export interface ReconnectHoldParts {
  readonly connection: NatsConnection
  readonly publisher: Publisher
  readonly binding: LogBinding
  readonly inputs: InputWatch
  readonly failures: Failures
}

/**
 * A server that comes back may have lost the end of a log, in a power cut for instance. What is stored there then takes the
 * place of what was lost, so nothing is sent before the ends were seen.
 */
export class ReconnectHold {
  readonly #publisher: Publisher
  readonly #binding: LogBinding
  readonly #inputs: InputWatch
  readonly #failures: Failures
  readonly #offReconnect: () => void
  #reconnects = 0

  constructor({ connection, publisher, binding, inputs, failures }: ReconnectHoldParts) {
    this.#publisher = publisher
    this.#binding = binding
    this.#inputs = inputs
    this.#failures = failures
    this.#offReconnect = ConnectionWatch.of(connection).onReconnect(() => void this.#holdUntilSeen())
  }

  stop(): void {
    this.#offReconnect()
  }

  async #holdUntilSeen(): Promise<void> {
    const { stopping, fail } = this.#failures
    this.#publisher.hold()
    this.#reconnects += 1
    const reconnects = this.#reconnects
    const backoff = new Backoff(50, 500)
    while (!stopping.aborted && reconnects === this.#reconnects) {
      try {
        await this.#inputs.checkLastRead()
        if (await this.#binding.look()) break
      } catch (error) {
        if (isFinal(error)) {
          fail(error)
          return
        }
      }
      await backoff.wait(stopping)
    }
    if (reconnects === this.#reconnects) this.#publisher.release()
  }
}

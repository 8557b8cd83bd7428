import { setTimeout as delay } from 'node:timers/promises'
import { HTTP_USER, type NotifyCommand, subjects, toJsonBytes } from '@drawbridge/contracts'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { AlertReader } from '../inbound/alert-reader.ts'

const KEPT_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 100

/** Asks the notifier. What it is asked is kept until one works. */
export class NotifyCommander {
  readonly #connection: NatsConnection
  readonly #alerts: Pick<AlertReader, 'notifier'>
  readonly #doneWithinMs: number

  constructor(connection: NatsConnection, alerts: Pick<AlertReader, 'notifier'>, doneWithinMs = 2_000) {
    this.#connection = connection
    this.#alerts = alerts
    this.#doneWithinMs = doneWithinMs
  }

  /** @throws if it is not kept */
  async keep(command: NotifyCommand): Promise<void> {
    const client = jetstream(this.#connection, { timeout: KEPT_WITHIN_MS })
    await client.publish(subjects.notifyCommand(HTTP_USER), toJsonBytes(command))
  }

  /**
   * Waits a moment until the command is done.
   * @param isDone by what the notifier remembers
   * @returns why it is not done yet; null: it is
   * @throws if it is not kept
   */
  async ask(command: NotifyCommand, isDone: () => Promise<boolean>): Promise<string | null> {
    await this.keep(command)
    for (const end = Date.now() + this.#doneWithinMs; Date.now() < end; await delay(LOOK_EVERY_MS)) {
      if (await isDone()) return null
    }
    const { works } = await this.#alerts.notifier()
    return works
      ? 'the notifier has not come to it yet'
      : 'no notifier works; the next one does it: npm start, docker compose --profile notifier up --detach, or npm run notifier'
  }
}

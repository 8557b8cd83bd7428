import { headerNames, subjects, type Telling, tellingId, toJsonBytes, traderToken } from '@drawbridge/contracts'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'

const WITHIN_MS = 5_000
/** So many are stored at a time; those of one channel and trader keep their order. */
const AT_A_TIME = 256

/** Puts messages where their channels find them. One that is put twice within two minutes is there once. */
export class NoticeQueue {
  readonly #client: JetStreamClient

  constructor(connection: NatsConnection) {
    this.#client = jetstream(connection, { timeout: WITHIN_MS })
  }

  /** Returns when all are stored. @throws if one may not be; then put all again */
  async put(tellings: readonly Telling[]): Promise<void> {
    for (let at = 0; at < tellings.length; at += AT_A_TIME) {
      await Promise.all(tellings.slice(at, at + AT_A_TIME).map((telling) => this.#putOne(telling)))
    }
  }

  async #putOne(telling: Telling): Promise<void> {
    const described = headers()
    described.set(headerNames.messageId, tellingId(telling))
    const subject = subjects.notice(telling.channel, traderToken(telling.notice))
    await this.#client.publish(subject, toJsonBytes(telling), { headers: described })
  }
}

import { durables, streams } from '@drawbridge/contracts'
import { type Consumer, type ConsumerMessages, JetStreamError, type JsMsg, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

/** A request that is not filled ends after so long; then none of its events can still be under way to us. */
const EXPIRES_MS = 1_000
const IDLE_HEARTBEAT_MS = 500

/**
 * Events as they are taken, by one request after the other: who does not take them holds those of one request, and
 * asks for no more. (The client's own `consume` goes on asking while nothing is taken, and what is under way when it is
 * closed comes again only after the ack wait.)
 */
export class EventPull implements AsyncIterable<JsMsg> {
  readonly #consumer: Consumer
  readonly #max: number
  #request: ConsumerMessages | null = null
  #ended = false

  private constructor(consumer: Consumer, max: number) {
    this.#consumer = consumer
    this.#max = max
  }

  /** Asks for `max` events at a time. */
  static async open(connection: NatsConnection, max: number): Promise<EventPull> {
    const consumers = jetstream(connection, { timeout: 10_000 }).consumers
    return new EventPull(await consumers.get(streams.risk, durables.persister), max)
  }

  /** Asks for no more; what has been asked for still comes, for at most a second, unless NATS is away. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    // While NATS is away the client waits for the end of the request without an end.
    setTimeout(() => this.abandon(), 2 * EXPIRES_MS).unref()
  }

  /** Leaves what has been asked for and not been taken; it is delivered to somebody after the ack wait. */
  abandon(): void {
    this.#ended = true
    this.#request?.close().catch(() => undefined)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<JsMsg> {
    while (!this.#ended) {
      this.#request = await this.#consumer.fetch({
        max_messages: this.#max,
        expires: EXPIRES_MS,
        idle_heartbeat: IDLE_HEARTBEAT_MS,
      })
      yield* untilOver(this.#request)
    }
  }
}

/**
 * The client counts heartbeats of a request that is over while its events wait to be taken, and then ends it with an
 * error. That comes after the last event, and where NATS is really gone the next request says so.
 */
async function* untilOver(request: ConsumerMessages): AsyncGenerator<JsMsg> {
  try {
    for await (const message of request) yield message
  } catch (error) {
    if (!(error instanceof JetStreamError && error.message === 'heartbeats missed')) throw error
  }
}

import { durables, streams } from '@drawbridge/contracts'
import {
  type Consumer,
  type ConsumerMessages,
  type FetchMessages,
  JetStreamError,
  type JsMsg,
  jetstream,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Source } from './batches.ts'
import { type DeliveredEvent, deliveredEvent } from './delivered-event.ts'

/** A request that is not filled ends after so long; then none of its events can still be under way to us. */
const EXPIRES_MS = 1_000
const IDLE_HEARTBEAT_MS = 500

/**
 * Events as they come, by one request after the other. Each is made while what the last one brought still waits, so that
 * the next events are under way while those are stored; who takes none is brought so many, and no more is asked for. (The
 * client's own `consume` goes on asking while nothing is taken, and what is under way when it is closed comes again only
 * after the ack wait.)
 */
export class EventPull implements Source<DeliveredEvent> {
  readonly #connection: NatsConnection
  readonly #consumer: Consumer
  readonly #max: number
  readonly #waiting: DeliveredEvent[] = []
  #asking = false
  #request: ConsumerMessages | null = null
  /** Nothing more is asked for. */
  #closing = false
  #ended = false
  #error: Error | null = null
  #changed: () => void = () => undefined

  private constructor(connection: NatsConnection, consumer: Consumer, max: number) {
    this.#connection = connection
    this.#consumer = consumer
    this.#max = max
  }

  /** Asks for at most `max` events at a time, and holds at most twice as many that were not taken. */
  static async open(connection: NatsConnection, max: number): Promise<EventPull> {
    const consumers = jetstream(connection, { timeout: 10_000 }).consumers
    const pull = new EventPull(connection, await consumers.get(streams.risk, durables.persister), max)
    pull.#ask()
    return pull
  }

  get waiting(): number {
    return this.#waiting.length
  }

  get ended(): boolean {
    return this.#ended
  }

  get error(): Error | null {
    return this.#error
  }

  take(max: number): readonly DeliveredEvent[] {
    const taken = this.#waiting.splice(0, max)
    this.#ask()
    return taken
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  /** Asks for no more; what has been asked for still comes, for at most a second, unless NATS is away. */
  end(): void {
    if (this.#closing) return
    this.#closing = true
    if (!this.#asking) this.#end(null)
    // While NATS is away the client waits for the end of the request without an end.
    else setTimeout(() => this.abandon(), 2 * EXPIRES_MS).unref()
  }

  /** Leaves what has been asked for and has not come; it is delivered to somebody after the ack wait. */
  abandon(): void {
    this.#closing = true
    this.#request?.close().catch(() => undefined)
    this.#end(null)
  }

  #ask(): void {
    if (this.#asking || this.#closing || this.#waiting.length > this.#max) return
    this.#asking = true
    this.#fetch().then(
      (error) => this.#requestEnded(error),
      (error: Error) => this.#requestEnded(error),
    )
  }

  /** Resolves when the request has ended, with what ended it before its time. */
  async #fetch(): Promise<Error | null> {
    // It takes a callback as `consume` does, though its type does not say so; iterating takes four times as long.
    const options: FetchMessages & { readonly callback: (message: JsMsg) => void } = {
      max_messages: this.#max,
      expires: EXPIRES_MS,
      idle_heartbeat: IDLE_HEARTBEAT_MS,
      callback: (message) => this.#take(message),
    }
    this.#request = await this.#consumer.fetch(options)
    if (this.#ended) await this.#request.close()
    return (await this.#request.closed()) ?? null
  }

  #take(message: JsMsg): void {
    if (this.#ended) return
    this.#waiting.push(deliveredEvent(this.#connection, message))
    this.#changed()
  }

  #requestEnded(error: Error | null): void {
    this.#asking = false
    this.#request = null
    // Silence alone is no end: where NATS is really gone the next request says so.
    const isSilence = error instanceof JetStreamError && error.message === 'heartbeats missed'
    if (error !== null && !isSilence) this.#end(error)
    else if (this.#closing) this.#end(null)
    else this.#ask()
  }

  #end(error: Error | null): void {
    if (this.#ended) return
    this.#closing = true
    this.#ended = true
    this.#error = error
    this.#changed()
  }
}

import { durables, streams } from '@drawbridge/contracts'
import { PullRequest } from '@drawbridge/nats'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { Source } from './batches.ts'
import { type DeliveredEvent, deliveredEvent } from './delivered-event.ts'

/**
 * Events as they come, by one request after the other. Each is made while what the last one brought still waits, so that
 * the next events are under way while those are stored; who takes none is brought so many, and no more is asked for. (The
 * client's own `consume` goes on asking while nothing is taken, and what is under way when it is closed comes again only
 * after the ack wait.)
 */
export class EventPull implements Source<DeliveredEvent> {
  readonly #connection: NatsConnection
  readonly #max: number
  readonly #waiting: DeliveredEvent[] = []
  #request: PullRequest | null = null
  /** Nothing more is asked for. */
  #closing = false
  #ended = false
  #error: Error | null = null
  #changed: () => void = () => undefined

  /** Asks for at most `max` events at a time, and holds at most twice as many that were not taken. */
  constructor(connection: NatsConnection, max: number) {
    this.#connection = connection
    this.#max = max
    this.#ask()
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

  /** Asks for no more; what has been asked for still comes, for at most a quarter of a second, unless NATS is away. */
  end(): void {
    this.#closing = true
    if (this.#request === null) this.#end(null)
  }

  /** Leaves what has been asked for and has not come; it is delivered to somebody after the ack wait. */
  abandon(): void {
    this.#request?.abandon()
    this.#end(null)
  }

  #ask(): void {
    if (this.#request !== null || this.#closing || this.#waiting.length > this.#max) return
    const onMessage = (message: Msg, ackSubject: string) => {
      if (this.#ended) return
      this.#waiting.push(deliveredEvent(this.#connection, message, ackSubject))
      this.#changed()
    }
    const request = new PullRequest({
      connection: this.#connection,
      stream: streams.risk,
      consumer: durables.persister,
      max: this.#max,
      onMessage,
    })
    this.#request = request
    void request.ended.then((error) => this.#requestEnded(error))
  }

  #requestEnded(error: Error | null): void {
    this.#request = null
    if (error !== null || this.#closing) this.#end(error)
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

import { durables, headerNames, streams } from '@drawbridge/contracts'
import type { RiskMessage } from '@drawbridge/history'
import { AckLines, PullRequest, rawHeader } from '@drawbridge/nats'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { Source } from './batches.ts'

/**
 * Delivered events, by one request after another. The next request is made while the events of the last one still wait,
 * so that the next events are under way while these are stored; if none are taken, no more are asked for. (The client's own
 * `consume` keeps asking while nothing is taken, and what is under way when it is closed comes again only after the ack
 * wait.)
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

  /** Drops what has been asked for and has not come; it is delivered to some persister after the ack wait. */
  abandon(): void {
    this.#request?.abandon()
    this.#end(null)
  }

  #ask(): void {
    if (this.#request !== null || this.#closing || this.#waiting.length > this.#max) return
    const connection = this.#connection
    const onMessage = (message: Msg, ackSubject: string) => {
      if (this.#ended) return
      this.#waiting.push(deliveredEvent(connection, message, ackSubject))
      this.#changed()
    }
    const max = this.#max
    const request = new PullRequest({ connection, stream: streams.risk, consumer: durables.persister, max, onMessage })
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

/** An event that was delivered to us, and is delivered again if we do not ack it. */
export interface DeliveredEvent extends RiskMessage {
  /** To be called once. */
  ack(): void
}

/**
 * Keeps only what is needed of a message: thousands wait at a time until they are stored, and each would retain a
 * kilobyte of the client's own.
 * @param ackSubject on which the message is acked
 */
export function deliveredEvent(connection: NatsConnection, message: Msg, ackSubject: string): DeliveredEvent {
  return new Taken(message, ackSubject, AckLines.of(connection))
}

class Taken implements DeliveredEvent {
  readonly subject: string
  readonly data: Uint8Array
  readonly seq: number
  readonly traceparent: string
  readonly #ackSubject: string
  readonly #acks: AckLines

  constructor(message: Msg, ackSubject: string, acks: AckLines) {
    this.subject = message.subject
    this.data = message.data
    this.seq = streamSeqAt(ackSubject)
    this.traceparent = rawHeader(message, headerNames.traceparent)
    this.#ackSubject = ackSubject
    this.#acks = acks
  }

  ack(): void {
    this.#acks.add(this.#ackSubject)
  }
}

/** Followed by the number of the delivery, the stream sequence and more; in a JetStream domain, more comes before it too. */
const CONSUMER = `.${streams.risk}.${durables.persister}.`

/** The stream sequence of a message to persisters, by the subject on which it is acked. */
export function streamSeqAt(ackSubject: string): number {
  const at = ackSubject.indexOf('.', ackSubject.indexOf(CONSUMER) + CONSUMER.length) + 1
  return Number(ackSubject.slice(at, ackSubject.indexOf('.', at)))
}

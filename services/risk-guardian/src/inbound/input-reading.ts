import { headerNames, streams, traceIdOf } from '@drawbridge/contracts'
import { SilentError } from '@drawbridge/service-kit'
import { AckPolicy, DeliverPolicy, jetstreamManager } from '@nats-io/jetstream'
import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'
import { deliveryOf } from './delivery.ts'

export interface InputReadingOptions {
  readonly connection: NatsConnection
  /** Stream sequence to begin at. */
  readonly from: number
  /** How many messages may be handed over now. */
  readonly room: () => number
  /** Called with message after message, without a gap. */
  readonly onMessage: (message: LogMessage) => void
  /** Whether NATS cannot be reached; it is then not expected to say anything. */
  readonly away: () => boolean
}

/** A request that is not filled ends after so long, and the next one is made. */
const EXPIRES_MS = 10_000
/** The server says so often that there is nothing new. */
const IDLE_HEARTBEAT_MS = 1_000
const SILENT_MS = 3_000
const ANSWER_WITHIN_MS = 2_000
/** The server forgets a consumer that asks for nothing so long. */
const INACTIVE_MS = 300_000

const IDLE_HEARTBEAT = 100
/** No messages, and request timeout: the request is over. */
const REQUEST_OVER: ReadonlySet<number> = new Set([404, 408])

/**
 * A stretch of the input log, read by one consumer, request by request; it ends where the server refuses a request,
 * leaves a message out, or is silent for three to six seconds although it has been asked.
 *
 * Written on the protocol itself. The client's `consume` cannot be held back but by closing it, and what it makes of
 * each message costs as much as the decision on it.
 */
export class InputReading {
  readonly #options: InputReadingOptions
  readonly #consumer: string
  readonly #inbox: string
  readonly #subscription: Subscription
  readonly #watch: NodeJS.Timeout
  readonly #ended = Promise.withResolvers<Error | null>()
  /** Messages that have been asked for and are still to come. */
  #missing = 0
  #heard = 0
  #heardBefore = 0
  #deliveries = 0
  #isOver = false

  private constructor(options: InputReadingOptions, consumer: string, inbox: string) {
    this.#options = options
    this.#consumer = consumer
    this.#inbox = inbox
    this.#subscription = options.connection.subscribe(inbox, { callback: (_error, message) => this.#hear(message) })
    this.#watch = setInterval(() => this.#lookForSilence(), SILENT_MS)
  }

  /** @throws where the server makes no consumer */
  static async begin(options: InputReadingOptions): Promise<InputReading> {
    const inbox = createInbox()
    const manager = await jetstreamManager(options.connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
    const consumer = await manager.consumers.add(streams.inputs, {
      name: `guardian-${inbox.replace(/^.*\./, '')}`,
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: options.from,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(INACTIVE_MS),
    })
    return new InputReading(options, consumer.name, inbox)
  }

  /** Resolves when no message comes any more: with the reason, or null where {@link end} was called without one. */
  get ended(): Promise<Error | null> {
    return this.#ended.promise
  }

  /** Asks for as many messages as there is room for, unless some are still to come. */
  ask(): void {
    if (this.#missing > 0 || this.#isOver) return
    const batch = this.#options.room()
    if (batch <= 0) return
    this.#missing = batch
    const request = { batch, expires: nanos(EXPIRES_MS), idle_heartbeat: nanos(IDLE_HEARTBEAT_MS) }
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${streams.inputs}.${this.#consumer}`
    this.#options.connection.publish(subject, JSON.stringify(request), { reply: this.#inbox })
  }

  /** No message is handed over from this call on. Safe to repeat. */
  end(reason: Error | null): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#watch)
    if (!this.#options.connection.isClosed()) this.#forget()
    this.#ended.resolve(reason)
  }

  /** The server would forget it by itself, later; what it has been asked for may still be on its way. */
  #forget(): void {
    this.#subscription.unsubscribe()
    this.#options.connection.publish(`$JS.API.CONSUMER.DELETE.${streams.inputs}.${this.#consumer}`)
  }

  #hear(message: Msg): void {
    if (this.#isOver) return
    this.#heard += 1
    const { reply } = message
    if (reply === undefined || reply === '') this.#hearStatus(message)
    else this.#take(message, reply)
    this.ask()
  }

  #take(message: Msg, reply: string): void {
    const { seq, delivery, time } = deliveryOf(reply, this.#consumer)
    if (delivery !== this.#deliveries + 1) {
      this.end(new Error(`delivery ${this.#deliveries + 1} of the input log is missing`))
      return
    }
    this.#deliveries = delivery
    this.#missing -= 1
    const { subject, data: payload } = message
    this.#options.onMessage({ subject, seq, time, payload, traceparent: traceparentOf(message) })
  }

  #hearStatus({ headers }: Msg): void {
    const code = headers?.code ?? 0
    if (code === IDLE_HEARTBEAT) return
    if (REQUEST_OVER.has(code)) this.#missing = 0
    else this.end(new Error(`the input log is not delivered: ${headers?.description ?? ''} (${code})`))
  }

  #lookForSilence(): void {
    const isSilent = this.#missing > 0 && this.#heard === this.#heardBefore && !this.#options.away()
    this.#heardBefore = this.#heard
    if (isSilent) this.end(new SilentError())
  }
}

/** Only a valid one is carried on: anything else is of no use, and may be as long as a message. */
function traceparentOf(message: Msg): string {
  const traceparent = message.headers?.get(headerNames.traceparent) ?? ''
  return traceIdOf(traceparent) === null ? '' : traceparent
}

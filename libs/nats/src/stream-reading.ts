import { jetStreamApi } from '@drawbridge/contracts'
import { AckPolicy, type ConsumerConfig } from '@nats-io/jetstream'
import { type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node'
import { ConnectionWatch } from './connection-watch.ts'
import { createConsumer } from './create-consumer.ts'
import { deliveryOf } from './delivery.ts'
import { inboxOf } from './inbox.ts'
import { IDLE_HEARTBEAT, REQUEST_OVER } from './pull-status.ts'
import { StreamMessage } from './stream-message.ts'
import { SilentError } from './until-ended.ts'

export interface StreamReadingOptions {
  readonly connection: NatsConnection
  readonly stream: string
  /** Which messages, and from where on. */
  readonly consumer: Partial<ConsumerConfig>
  /** How many messages may be handed over now. */
  readonly room: () => number
  /** Called with message after message, without a gap. */
  readonly onMessage: (message: StreamMessage) => void
  /** Called when the server says that there is nothing new: once a second where that is so. */
  readonly onNothing?: () => void
  /** How long the server may take to make the consumer, milliseconds; {@link ANSWER_WITHIN_MS} if not given. */
  readonly answerWithinMs?: number
  /** How long the server may say nothing, milliseconds: it ends by twice that; {@link SILENT_MS} if not given. */
  readonly silentMs?: number
}

/** A request that is not filled ends after so long, and the next one is made. */
const EXPIRES_MS = 10_000
/** The server says so often that there is nothing new. */
const IDLE_HEARTBEAT_MS = 1_000
export const SILENT_MS = 3_000
const ANSWER_WITHIN_MS = 2_000
/** The server forgets a consumer that asks for nothing so long. */
const INACTIVE_MS = 300_000

/** How many messages of the request will not come. */
const UNFILLED = 'Nats-Pending-Messages'

/**
 * A stretch of a stream, read by one consumer without acknowledgements, request by request. It ends where the server
 * refuses a request, leaves a message out, or is silent for three to six seconds although it has been asked, and when
 * the connection has been away: then a new one is to be begun.
 *
 * Written on the protocol itself. The client's `consume` cannot be held back but by closing it, and what it makes of
 * each message costs as much as a decision on it.
 */
export class StreamReading {
  /** How many messages the consumer had to deliver when it was made. */
  readonly pending: number
  readonly #options: StreamReadingOptions
  readonly #consumer: string
  readonly #inbox: string
  readonly #subscription: Subscription
  readonly #connectionWatch: ConnectionWatch
  readonly #silenceWatch: NodeJS.Timeout
  readonly #forgetReconnect: () => void
  readonly #ended = Promise.withResolvers<Error | null>()
  /** Messages that have been asked for and are still to come. */
  #missing = 0
  /** More are asked for when no more than these are missing: so the server need not wait for the next request. */
  #askAt = 0
  #heard = 0
  #heardBefore = 0
  #deliveries = 0
  #isOver = false

  private constructor(options: StreamReadingOptions, consumer: string, pending: number, inbox: string) {
    const { connection } = options
    this.pending = pending
    this.#options = options
    this.#consumer = consumer
    this.#inbox = inbox
    this.#subscription = connection.subscribe(inbox, { callback: (_error, message) => this.#hear(message) })
    this.#connectionWatch = ConnectionWatch.of(connection)
    this.#forgetReconnect = this.#connectionWatch.onReconnect(() => this.end(new Error('NATS was away')))
    this.#silenceWatch = setInterval(() => this.#lookForSilence(), options.silentMs ?? SILENT_MS)
  }

  /** @throws where the server makes no consumer */
  static async begin(options: StreamReadingOptions): Promise<StreamReading> {
    const { connection, stream, answerWithinMs: timeout = ANSWER_WITHIN_MS } = options
    const inbox = inboxOf(connection)
    const config = {
      ...options.consumer,
      name: `reading-${inbox.replace(/^.*\./, '')}`,
      ack_policy: AckPolicy.None,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(INACTIVE_MS),
    }
    const { name, num_pending } = await createConsumer(connection, stream, config, timeout)
    return new StreamReading(options, name, num_pending, inbox)
  }

  /** Resolves when no message comes any more: with the reason, or null where {@link end} was called without one. */
  get ended(): Promise<Error | null> {
    return this.#ended.promise
  }

  /** Asks for as many messages as there is room for, unless enough are still to come. */
  ask(): void {
    if (this.#missing > this.#askAt || this.#isOver) return
    const batch = this.#options.room() - this.#missing
    if (batch <= 0) return
    this.#missing += batch
    this.#askAt = Math.floor(this.#missing / 2)
    const request = { batch, expires: nanos(EXPIRES_MS), idle_heartbeat: nanos(IDLE_HEARTBEAT_MS) }
    const subject = jetStreamApi.next(this.#options.stream, this.#consumer)
    this.#options.connection.publish(subject, JSON.stringify(request), { reply: this.#inbox })
  }

  /** No message is handed over from this call on. Safe to repeat. */
  end(reason: Error | null): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#silenceWatch)
    this.#forgetReconnect()
    if (!this.#options.connection.isClosed()) this.#forget()
    this.#ended.resolve(reason)
  }

  /** The server would forget it by itself, later; what it has been asked for may still be on its way. */
  #forget(): void {
    this.#subscription.unsubscribe()
    this.#options.connection.publish(jetStreamApi.deleteConsumer(this.#options.stream, this.#consumer))
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
    const delivery = deliveryOf(reply, this.#consumer)
    if (delivery.delivery !== this.#deliveries + 1) {
      this.end(new Error(`delivery ${this.#deliveries + 1} of stream ${this.#options.stream} is missing`))
      return
    }
    this.#deliveries = delivery.delivery
    this.#missing -= 1
    this.#options.onMessage(new StreamMessage(message, delivery))
  }

  #hearStatus({ headers }: Msg): void {
    const code = headers?.code ?? 0
    if (code !== IDLE_HEARTBEAT && !REQUEST_OVER.has(code)) {
      const reason = `${headers?.description ?? ''} (${code})`
      this.end(new Error(`stream ${this.#options.stream} is not delivered: ${reason}`))
      return
    }
    if (REQUEST_OVER.has(code)) this.#missing -= Number(headers?.get(UNFILLED) ?? 0)
    this.#options.onNothing?.()
  }

  #lookForSilence(): void {
    const isSilent = this.#missing > 0 && this.#heard === this.#heardBefore && this.#connectionWatch.away === null
    this.#heardBefore = this.#heard
    if (isSilent) this.end(new SilentError())
  }
}

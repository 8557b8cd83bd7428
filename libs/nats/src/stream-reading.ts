import { jetStreamApi } from '@drawbridge/contracts'
import { AckPolicy, type ConsumerConfig } from '@nats-io/jetstream'
import { type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node'
import { inboxOf } from './connect.ts'
import { ConnectionWatch } from './connection-watch.ts'
import { createConsumer } from './create-consumer.ts'
import { deferred } from './deferred.ts'
import { IDLE_HEARTBEAT, REQUEST_OVER } from './pull-request.ts'
import { deliveryOf, StreamMessage } from './stream-message.ts'

interface StreamReadingOptions {
  readonly connection: NatsConnection
  readonly stream: string
  /** Which messages, and where to start. */
  readonly consumer: Partial<ConsumerConfig>
  /** How many messages may be handed over now. */
  readonly room: () => number
  /** Called with message after message, without a gap. */
  readonly onMessage: (message: StreamMessage) => void
  /** Called at each idle heartbeat of the server: once a second while nothing is new. */
  readonly onNothing?: () => void
  /** How long the server may take to create the consumer, milliseconds; {@link ANSWER_WITHIN_MS} if not given. */
  readonly answerWithinMs?: number
  /** How long the server may be silent, milliseconds; the reading ends within twice that. {@link SILENT_MS} if not given. */
  readonly silentMs?: number
}

/** A request that is not filled expires after this time, and the next one is made. */
const EXPIRES_MS = 10_000
/** Interval of idle heartbeats. */
const IDLE_HEARTBEAT_MS = 1_000
const SILENT_MS = 3_000
const ANSWER_WITHIN_MS = 2_000
/** The server deletes a consumer that requests nothing for this long. */
const INACTIVE_MS = 300_000

/** How many messages of the request will not be delivered. */
const UNFILLED = 'Nats-Pending-Messages'
/**
 * A request ends when so many bytes have been delivered, whatever is missing of it. A server disconnects a client for which
 * 64 MiB wait, and two requests may be under way.
 */
const REQUEST_BYTES = 8 * 1024 * 1024
/** The next message is larger than the rest of the bytes of the request, which is over. */
const TOO_LARGE = 409

/**
 * A stretch of a stream, read by one consumer without acknowledgements, request by request. It ends when the server
 * refuses a request, skips a message, or is silent for three to six seconds after a request, and when the connection was
 * lost: then the caller begins a new one.
 *
 * It uses the protocol directly. The client's `consume` has no backpressure except closing it, and what it builds for
 * each message costs as much as a decision.
 */
export class StreamReading {
  /** How many messages the consumer had to deliver when it was created. */
  readonly pending: number
  readonly #options: StreamReadingOptions
  readonly #consumer: string
  readonly #inbox: string
  readonly #subscription: Subscription
  readonly #connectionWatch: ConnectionWatch
  readonly #silenceWatch: NodeJS.Timeout
  readonly #forgetReconnect: () => void
  readonly #ended = deferred<Error | null>()
  /** Messages that were requested and have not arrived. */
  #missing = 0
  /** The next request is made when this many are missing, so that the server need not wait for it. */
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
    this.#forgetReconnect = this.#connectionWatch.onReconnect(() => this.end(new Error('NATS was disconnected')))
    this.#silenceWatch = setInterval(() => this.#lookForSilence(), options.silentMs ?? SILENT_MS)
  }

  /** @throws if the server creates no consumer */
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

  /** Resolves when no more messages come: with the reason, or null if {@link end} was called without one. */
  get ended(): Promise<Error | null> {
    return this.#ended.promise
  }

  /** Requests as many messages as there is room for, unless enough are pending. */
  ask(): void {
    if (this.#missing > this.#askAt || this.#isOver) return
    const batch = this.#options.room() - this.#missing
    if (batch <= 0) return
    this.#missing += batch
    this.#askAt = Math.floor(this.#missing / 2)
    const request = {
      batch,
      // Room for any single message, with its headers.
      max_bytes: Math.max(REQUEST_BYTES, 2 * (this.#options.connection.info?.max_payload ?? 0)),
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(IDLE_HEARTBEAT_MS),
    }
    const subject = jetStreamApi.next(this.#options.stream, this.#consumer)
    this.#options.connection.publish(subject, JSON.stringify(request), { reply: this.#inbox })
  }

  /** No message is handed over after this call. Safe to repeat. */
  end(reason: Error | null): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#silenceWatch)
    this.#forgetReconnect()
    if (!this.#options.connection.isClosed()) this.#forget()
    this.#ended.resolve(reason)
  }

  /** The server would delete it later by itself; requested messages may still be on the way. */
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
    const isTooLarge = code === TOO_LARGE && headers?.has(UNFILLED) === true
    const isOver = isTooLarge || REQUEST_OVER.has(code)
    if (code !== IDLE_HEARTBEAT && !isOver) {
      const reason = `${headers?.description ?? ''} (${code})`
      this.end(new Error(`the server stopped delivering stream ${this.#options.stream}: ${reason}`))
      return
    }
    if (isOver) this.#missing -= Number(headers?.get(UNFILLED) ?? 0)
    // More is there, in the next request.
    if (!isTooLarge) this.#options.onNothing?.()
  }

  #lookForSilence(): void {
    const isSilent = this.#missing > 0 && this.#heard === this.#heardBefore && this.#connectionWatch.away === null
    this.#heardBefore = this.#heard
    if (isSilent) this.end(new SilentError())
  }
}

/** A server sent neither a message nor a heartbeat for longer than it may be silent. */
export class SilentError extends Error {
  override readonly name = 'SilentError'

  constructor() {
    super('the server was silent for too long')
  }
}

const SILENT_MAX_MS = 12_000

/**
 * How long a server may be silent before a new reading begins. A busy server answers late, and each new reading adds to its
 * load; so the time doubles after each reading that brought nothing.
 */
export class Patience {
  #silentMs = SILENT_MS

  get silentMs(): number {
    return this.#silentMs
  }

  /** A reading has ended. @param broughtAny whether it brought a message */
  ended(reason: unknown, broughtAny: boolean): void {
    if (broughtAny) this.#silentMs = SILENT_MS
    else if (reason instanceof SilentError) this.#silentMs = Math.min(2 * this.#silentMs, SILENT_MAX_MS)
  }
}

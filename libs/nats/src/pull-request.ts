import { jetStreamApi } from '@drawbridge/contracts'
import { JetStreamError } from '@nats-io/jetstream'
import { type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node'
import { inboxOf } from './connect.ts'
import { deferred } from './deferred.ts'

/** An idle heartbeat: the server is alive and has nothing new. */
export const IDLE_HEARTBEAT = 100
/** No messages, and request timeout: a request for messages has ended. */
export const REQUEST_OVER: ReadonlySet<number> = new Set([404, 408])

/** A request that is not filled expires after this time: then none of its messages can still be on the way. */
const EXPIRES_MS = 250
/** A server that is silent for this long is not expected to send more. */
const SILENT_MS = 2_000

interface PullRequestOptions {
  readonly connection: NatsConnection
  readonly stream: string
  /** A durable consumer. */
  readonly consumer: string
  /** How many messages are wanted, at most. */
  readonly max: number
  /** Called with each message and the subject that acknowledges it. */
  readonly onMessage: (message: Msg, ackSubject: string) => void
}

/**
 * One request for messages of a shared consumer. It uses the protocol directly: a request of the client's `fetch` lasts at
 * least a second, and during that time messages still arrive that are no longer wanted.
 */
export class PullRequest {
  readonly #silence: NodeJS.Timeout
  readonly #ended = deferred<Error | null>()
  readonly #onMessage: (message: Msg, ackSubject: string) => void
  #subscription: Subscription | null = null
  #missing: number
  #isOver = false

  constructor({ connection, stream, consumer, max, onMessage }: PullRequestOptions) {
    this.#missing = max
    this.#onMessage = onMessage
    // Silence alone is not an error: if NATS is really gone, the next request fails.
    this.#silence = setTimeout(() => this.#end(null), SILENT_MS)
    const inbox = inboxOf(connection)
    const callback = (error: Error | null, message: Msg) => (error === null ? this.#hear(message) : this.#end(error))
    try {
      this.#subscription = connection.subscribe(inbox, { callback })
      const subject = jetStreamApi.next(stream, consumer)
      connection.publish(subject, JSON.stringify({ batch: max, expires: nanos(EXPIRES_MS) }), { reply: inbox })
    } catch (error) {
      // For example because the connection is closed.
      this.#end(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Resolves when no more messages of it will come, with the error that ended it early, if any. */
  get ended(): Promise<Error | null> {
    return this.#ended.promise
  }

  /** Gives up messages that have not arrived; they are redelivered after the ack wait. Safe to repeat. */
  abandon(): void {
    this.#end(null)
  }

  #hear(message: Msg): void {
    if (this.#isOver) return
    this.#silence.refresh()
    const { reply } = message
    if (reply === undefined || reply === '') {
      this.#hearStatus(message)
      return
    }
    this.#missing -= 1
    this.#onMessage(message, reply)
    if (this.#missing === 0) this.#end(null)
  }

  #hearStatus({ headers }: Msg): void {
    const code = headers?.code ?? 0
    if (code === IDLE_HEARTBEAT) return
    const reason = `${headers?.description ?? ''} (${code})`
    this.#end(REQUEST_OVER.has(code) ? null : new JetStreamError(reason))
  }

  #end(error: Error | null): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#silence)
    this.#subscription?.unsubscribe()
    this.#ended.resolve(error)
  }
}

import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import { HeaderBlock } from './event-headers.ts'

/** What became of a publish. */
export type PublishOutcome =
  | { readonly kind: 'stored'; readonly seq: number }
  /** The stream refused it: nothing was stored. */
  | { readonly kind: 'refused'; readonly code: number; readonly description: string }
  /** Nobody took it: nothing was stored. */
  | { readonly kind: 'unavailable' }
  /** No answer: it may have been stored, or be stored yet. */
  | { readonly kind: 'unknown' }

/** A message to be published. What is sent is made when its turn has come: thousands may wait for theirs. */
export interface Publish {
  readonly subject: string
  /** The block of headers in its text. */
  headers(): string
  payload(): Uint8Array
  /** Called once. */
  onOutcome(outcome: PublishOutcome): void
  /** Called instead where it cannot be sent at all. */
  onError(error: unknown): void
}

interface Waiting {
  readonly publish: Publish
  readonly since: number
}

const TIMEOUT_MS = 2_000
const SWEEP_MS = 250
const NO_RESPONDERS = 503
/**
 * More publishes wait here, where none times out. A stream that syncs every message takes about 3,000 a second; with
 * 8,000 under way each of them timed out. The server itself refuses when 10,000 wait for a stream.
 */
const IN_FLIGHT_MAX = 1_000

/**
 * Publishes to JetStream with many replies under way on one wildcard inbox, and one timer for all of them: three times
 * as fast as the client's own publish, which makes a request of each.
 */
export class Publisher {
  readonly #connection: NatsConnection
  readonly #inbox = createInbox()
  readonly #replies: Subscription
  readonly #sweep: NodeJS.Timeout
  /** By the last token of the reply's subject. */
  readonly #waiting = new Map<number, Waiting>()
  /** Encoded while a message is handed to the client; so one serves them all. */
  readonly #headers = new HeaderBlock('')
  #queue: Publish[] = []
  #count = 0

  constructor(connection: NatsConnection) {
    this.#connection = connection
    this.#replies = connection.subscribe(`${this.#inbox}.*`, { callback: (_error, reply) => this.#onReply(reply) })
    this.#sweep = setInterval(() => this.#giveUpOld(performance.now()), SWEEP_MS)
  }

  publish(publish: Publish): void {
    if (this.#waiting.size < IN_FLIGHT_MAX && this.#queue.length === 0) this.#send(publish)
    else this.#queue.push(publish)
  }

  close(): void {
    clearInterval(this.#sweep)
    this.#replies.unsubscribe()
    for (const publish of this.#queue) publish.onOutcome({ kind: 'unknown' })
    this.#queue = []
    this.#giveUpOld(Number.POSITIVE_INFINITY)
  }

  #onReply(reply: Msg): void {
    const id = Number(reply.subject.slice(this.#inbox.length + 1))
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    waiting.publish.onOutcome(outcomeOf(reply))
    this.#sendQueued()
  }

  /** The map is in the order of publishing, so the first that is young enough ends the search. */
  #giveUpOld(now: number): void {
    for (const [id, waiting] of this.#waiting) {
      if (now - waiting.since < TIMEOUT_MS) return
      this.#waiting.delete(id)
      waiting.publish.onOutcome({ kind: 'unknown' })
      this.#sendQueued()
    }
  }

  #send(publish: Publish): void {
    const id = this.#count++
    try {
      this.#headers.text = publish.headers()
      const options = { reply: `${this.#inbox}.${id}`, headers: this.#headers }
      this.#connection.publish(publish.subject, publish.payload(), options)
      this.#waiting.set(id, { publish, since: performance.now() })
    } catch (error) {
      publish.onError(error)
    }
  }

  #sendQueued(): void {
    if (this.#waiting.size >= IN_FLIGHT_MAX) return
    const queued = this.#queue.shift()
    if (queued !== undefined) this.#send(queued)
  }
}

function outcomeOf(reply: Msg): PublishOutcome {
  if (reply.headers?.code === NO_RESPONDERS) return { kind: 'unavailable' }
  const answer = reply.json<{ seq?: number; error?: { err_code: number; description: string } }>()
  if (answer.error !== undefined) {
    return { kind: 'refused', code: answer.error.err_code, description: answer.error.description }
  }
  return answer.seq === undefined ? { kind: 'unknown' } : { kind: 'stored', seq: answer.seq }
}

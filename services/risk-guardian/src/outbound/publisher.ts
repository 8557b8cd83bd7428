import { ConnectionWatch, HeaderBlock, inboxOf } from '@drawbridge/nats'
import type { Distribution } from '@drawbridge/service-kit'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'

/** What became of a publish. */
export type PublishOutcome =
  /** `seq`: of the last message. */
  | { readonly kind: 'stored'; readonly seq: number }
  /** It got a sequence that the stream had before it was sent: the stream has lost its end. */
  | { readonly kind: 'overwrote'; readonly seq: number; readonly knownSeq: number }
  /** The stream refused it: nothing was stored. */
  | { readonly kind: 'refused'; readonly code: number; readonly description: string }
  /** Nobody took it: nothing was stored. */
  | { readonly kind: 'unavailable' }
  /** No answer: it may have been stored, or be stored yet. */
  | { readonly kind: 'unknown' }

/** A message. Its bytes are made only when it is sent: thousands may wait. */
export interface Message {
  readonly subject: string
  /** The block of headers in its text. */
  headers(): string
  payload(): Uint8Array
}

/** A message to be published. */
export interface Publish extends Message {
  /** The other messages of a batch that this one ends: sent before it, without an answer of their own. Called at each try. */
  before(): readonly Message[]
  /** Called once. */
  onOutcome(outcome: PublishOutcome): void
  /** Called instead if it cannot be sent at all. */
  onError(error: unknown): void
}

const TIMEOUT_MS = 2_000
const SWEEP_MS = 250
const NO_RESPONDERS = 503
/**
 * Further publishes wait here, where none times out. A stream that syncs every message stores about 3,000 a second; with
 * 8,000 under way each of them timed out. The server itself refuses when 10,000 wait for a stream.
 */
const IN_FLIGHT_MAX = 1_000

/**
 * Publishes to JetStream with many replies under way on one wildcard inbox, and one timer for all of them: three times
 * as fast as the client's own publish, which makes a request for each.
 *
 * Nothing is sent while NATS is away, or while the publisher is on hold: a server that comes back is looked at first.
 */
export class Publisher {
  readonly #connection: NatsConnection
  readonly #riskLog: { readonly knownSeq: number }
  readonly #duration: Distribution | null
  readonly #watch: ConnectionWatch
  readonly #inbox: string
  readonly #replies: Subscription
  readonly #sweep: NodeJS.Timeout
  /** What is under way, in places that are used again and again; null: the place is free. */
  readonly #waiting: (Publish | null)[] = new Array(IN_FLIGHT_MAX).fill(null)
  /** By place: the last token of the reply's subject, which names place and use of it, and when it was sent. */
  readonly #ids = new Float64Array(IN_FLIGHT_MAX)
  readonly #since = new Float64Array(IN_FLIGHT_MAX)
  /** By place: a sequence that the stream held when the message was sent. */
  readonly #known = new Float64Array(IN_FLIGHT_MAX)
  /** By place: how many messages were sent. */
  readonly #sent = new Uint16Array(IN_FLIGHT_MAX)
  readonly #free = Array.from({ length: IN_FLIGHT_MAX }, (_, place) => IN_FLIGHT_MAX - 1 - place)
  #uses = 0
  /** Encoded while a message is handed to the client; so one serves all messages. */
  readonly #headers = new HeaderBlock('')
  #queue: Publish[] = []
  #isOnHold = false

  /**
   * @param riskLog knows a sequence that the stream holds
   * @param duration observes how long an answer takes, seconds; null: not measured
   */
  constructor(connection: NatsConnection, riskLog: { readonly knownSeq: number }, duration: Distribution | null) {
    this.#connection = connection
    this.#riskLog = riskLog
    this.#duration = duration
    this.#watch = ConnectionWatch.of(connection)
    this.#inbox = inboxOf(connection)
    this.#replies = connection.subscribe(`${this.#inbox}.*`, { callback: (_error, reply) => this.#onReply(reply) })
    this.#sweep = setInterval(() => this.#giveUpOld(performance.now()), SWEEP_MS)
  }

  /** How many wait for their answer, or for being sent. */
  get inFlight(): number {
    return IN_FLIGHT_MAX - this.#free.length + this.#queue.length
  }

  publish(publish: Publish): void {
    if (this.#maySend && this.#queue.length === 0) this.#send(publish)
    else this.#queue.push(publish)
  }

  /** What is published waits until {@link release}. */
  hold(): void {
    this.#isOnHold = true
  }

  /** What is under way was sent before the hold, and its answers were lost with the connection: it ends as unknown. */
  release(): void {
    this.#giveUpOld(Number.POSITIVE_INFINITY)
    this.#isOnHold = false
    while (this.#maySend && this.#queue.length > 0) this.#sendQueued()
  }

  get #maySend(): boolean {
    return this.#free.length > 0 && !this.#isOnHold && this.#watch.away === null
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
    const place = id % IN_FLIGHT_MAX
    if (this.#ids[place] !== id) return
    this.#duration?.observe((performance.now() - (this.#since[place] as number)) / 1_000)
    this.#end(place, outcomeOf(reply, this.#known[place] as number, this.#sent[place] as number))
  }

  #giveUpOld(now: number): void {
    for (const [place, since] of this.#since.entries()) {
      if (now - since >= TIMEOUT_MS) this.#end(place, { kind: 'unknown' })
    }
  }

  /** Reports the outcome of the publish in a place, unless it was reported, and gives the place to the next one. */
  #end(place: number, outcome: PublishOutcome): void {
    const publish = this.#waiting[place]
    if (publish === null || publish === undefined) return
    this.#waiting[place] = null
    this.#free.push(place)
    publish.onOutcome(outcome)
    this.#sendQueued()
  }

  #send(publish: Publish): void {
    const place = this.#free.pop()
    if (place === undefined) throw new Error('more publishes under way than there are places')
    this.#uses += 1
    const id = this.#uses * IN_FLIGHT_MAX + place
    this.#ids[place] = id
    try {
      const before = publish.before()
      for (const message of before) {
        this.#headers.text = message.headers()
        this.#connection.publish(message.subject, message.payload(), { headers: this.#headers })
      }
      this.#headers.text = publish.headers()
      const options = { reply: `${this.#inbox}.${id}`, headers: this.#headers }
      this.#connection.publish(publish.subject, publish.payload(), options)
      this.#waiting[place] = publish
      this.#since[place] = performance.now()
      this.#known[place] = this.#riskLog.knownSeq
      this.#sent[place] = before.length + 1
    } catch (error) {
      this.#free.push(place)
      publish.onError(error)
    }
  }

  #sendQueued(): void {
    if (!this.#maySend) return
    const queued = this.#queue.shift()
    if (queued !== undefined) this.#send(queued)
  }
}

/** @param knownSeq a sequence that the stream held before; @param sent how many messages the answer is about */
function outcomeOf(reply: Msg, knownSeq: number, sent: number): PublishOutcome {
  if (reply.headers?.code === NO_RESPONDERS) return { kind: 'unavailable' }
  const answer = reply.json<{ seq?: number; error?: { err_code: number; description: string } }>()
  if (answer.error !== undefined) {
    return { kind: 'refused', code: answer.error.err_code, description: answer.error.description }
  }
  const { seq } = answer
  if (seq === undefined) return { kind: 'unknown' }
  return seq - sent >= knownSeq ? { kind: 'stored', seq } : { kind: 'overwrote', seq, knownSeq }
}

import {
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  jetstreamManager,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { Backoff } from './backoff.ts'
import { SilentError, untilEnded } from './until-ended.ts'

export interface FollowOptions {
  readonly stream: string
  readonly filterSubjects?: readonly string[]
  /** `from` a stream sequence, or only the newest message of each subject and then all that come. */
  readonly start: { readonly from: number } | 'last-per-subject'
  /** Called in stream order, never twice for a message. An error that it throws ends the following. */
  readonly onMessage: (message: JsMsg) => void
  /** Called once if the following ends other than by {@link Follower.stop}; nothing more will come. */
  readonly onLost: (error: Error) => void
}

export interface Follower {
  /** Resolves when all that was in the stream at the start has been handed over. */
  readonly caughtUp: Promise<void>
  /** When the stream was last heard, be it that there is nothing new: every two seconds at least; `performance.now()`. */
  readonly heardAt: number
  /** No message is handed over any more from this call on. Safe to repeat. */
  stop(): void
}

const BATCH = 2_000
const PULL_EXPIRES_MS = 5_000
const IDLE_HEARTBEAT_MS = 1_000
/** The server may have to find the newest of a million subjects. */
const FIRST_ANSWER_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 2_000

/**
 * Follows a stream with an ordered consumer: no acks; gaps, reconnects and silence are repaired by starting over from
 * the cursor.
 * @throws where the following cannot begin
 */
export async function followStream(connection: NatsConnection, options: FollowOptions): Promise<Follower> {
  const following = new Following(connection, options)
  await following.start()
  return following
}

class Following implements Follower {
  readonly #connection: NatsConnection
  readonly #options: FollowOptions
  readonly #caughtUp = Promise.withResolvers<void>()
  readonly #stopping = new AbortController()
  /** The last stream sequence at the start. */
  #end = 0
  /** Where to go on from; null: where to begin. */
  #nextSeq: number | null = null
  #messages: ConsumerMessages | null = null
  #heardAt = performance.now()

  constructor(connection: NatsConnection, options: FollowOptions) {
    this.#connection = connection
    this.#options = options
    this.caughtUp.catch(() => undefined)
  }

  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise
  }

  get heardAt(): number {
    return this.#heardAt
  }

  stop(): void {
    this.#stopping.abort()
    void this.#messages?.close()
  }

  async start(): Promise<void> {
    const manager = await jetstreamManager(this.#connection, { timeout: FIRST_ANSWER_WITHIN_MS, checkAPI: false })
    this.#end = (await manager.streams.info(this.#options.stream)).state.last_seq
    const consumer = await this.#consumer(FIRST_ANSWER_WITHIN_MS)
    if ((await consumer.info(true)).num_pending === 0) {
      this.#caughtUp.resolve()
      // Whatever is stored from now on is heard, and not only the newest of it.
      if (this.#options.start === 'last-per-subject') this.#nextSeq = this.#end + 1
    }
    this.#readAll(consumer).catch((cause: unknown) => this.#lost(cause))
  }

  get #ended(): boolean {
    return this.#stopping.signal.aborted || this.#connection.isClosed()
  }

  /** Begins anew after the last message whenever the server is silent. */
  async #readAll(first: Consumer): Promise<void> {
    for (let consumer: Consumer | null = first; consumer !== null; consumer = await this.#another()) {
      const messages = await consumer.consume({
        max_messages: BATCH,
        expires: PULL_EXPIRES_MS,
        idle_heartbeat: IDLE_HEARTBEAT_MS,
        callback: (message) => this.#take(message),
      })
      this.#messages = messages
      if (this.#stopping.signal.aborted) void messages.close()
      const reason = await untilEnded(messages, () => this.#heard())
      if (this.#ended) return
      if (!(reason instanceof SilentError)) throw reason
      // It may be there, and only slow.
      consumer.delete().catch(() => undefined)
    }
  }

  /** Null where none is needed any more. */
  async #another(): Promise<Consumer | null> {
    const backoff = new Backoff(50, 2_000)
    while (!this.#ended) {
      const consumer = await this.#consumer(ANSWER_WITHIN_MS).catch(() => null)
      if (consumer !== null) return consumer
      await backoff.wait(this.#stopping.signal)
    }
    return null
  }

  #consumer(timeout: number): Promise<Consumer> {
    const { stream, filterSubjects } = this.#options
    const filter = filterSubjects === undefined ? {} : { filter_subjects: [...filterSubjects] }
    return jetstream(this.#connection, { timeout }).consumers.get(stream, { ...filter, ...this.#start })
  }

  get #start(): Partial<OrderedConsumerOptions> {
    const start = this.#nextSeq === null ? this.#options.start : { from: this.#nextSeq }
    if (start === 'last-per-subject') return { deliver_policy: DeliverPolicy.LastPerSubject }
    return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.from }
  }

  #take(message: JsMsg): void {
    if (this.#stopping.signal.aborted) return
    this.#options.onMessage(message)
    this.#nextSeq = message.seq + 1
    this.#heard()
    if (message.info.pending === 0 || message.seq >= this.#end) this.#caughtUp.resolve()
  }

  #heard(): void {
    this.#heardAt = performance.now()
  }

  #lost(cause: unknown): void {
    if (this.#ended) return
    const error = new Error(`can no longer follow stream ${this.#options.stream}`, { cause })
    this.#caughtUp.reject(error)
    this.#options.onLost(error)
  }
}

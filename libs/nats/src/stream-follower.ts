import { type ConsumerConfig, DeliverPolicy, jetstreamManager, type StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { Backoff } from './backoff.ts'
import { filterOf } from './create-consumer.ts'
import { deferred } from './deferred.ts'
import type { StreamMessage } from './stream-message.ts'
import { Patience, StreamReading } from './stream-reading.ts'

export interface FollowOptions {
  readonly stream: string
  readonly filterSubjects?: readonly string[]
  /** `from` a stream sequence, or only the newest message of each subject and then all new ones. */
  readonly start: { readonly from: number } | 'last-per-subject'
  /** Called in stream order, once per message. If it throws, the following ends. */
  readonly onMessage: (message: StreamMessage) => void
  /** Called after the server was asked for the first messages of a stream: it may have to look them up subject by subject. */
  readonly onAsked?: (() => void) | undefined
  /**
   * Called when the stream was replaced by another one of the same name. The following then begins in that one as it began in
   * the first. Without this, it goes on after the sequence where it was, and the caller has to watch for that.
   */
  readonly onReplaced?: () => void
  /** Called once if the following ends without {@link Follower.stop}; nothing more will come. */
  readonly onLost: (error: Error) => void
}

export interface Follower {
  /** Resolves when all that was in the stream at the start has been handed over. */
  readonly caughtUp: Promise<void>
  /** When the stream last sent a message or a heartbeat, by `performance.now()`; at least every two seconds. */
  readonly heardAt: number
  /** No message is handed over after this call. Safe to repeat. */
  stop(): void
}

const BATCH = 4_000
/** The server may have to find the newest of a million subjects. */
const FIRST_ANSWER_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 2_000

/**
 * Follows a stream without acknowledgements. After a gap, a reconnect or silence it starts again from the cursor.
 * @throws if the following cannot begin
 */
export async function followStream(connection: NatsConnection, options: FollowOptions): Promise<Follower> {
  const following = new Following(connection, options)
  await following.start()
  return following
}

class Following implements Follower {
  readonly #connection: NatsConnection
  readonly #options: FollowOptions
  readonly #caughtUp = deferred<void>()
  readonly #stopping = new AbortController()
  /** When the stream was created. */
  #created = ''
  /** Its last sequence at the start. */
  #end = 0
  /** Where to go on from; null: where to begin. */
  #nextSeq: number | null = null
  #reading: StreamReading | null = null
  #failure: { readonly cause: unknown } | null = null
  readonly #patience = new Patience()
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
    this.#reading?.end(null)
  }

  async start(): Promise<void> {
    void this.#readAll(await this.#beginIn(await this.#info(FIRST_ANSWER_WITHIN_MS), FIRST_ANSWER_WITHIN_MS))
  }

  async #info(timeout: number): Promise<StreamInfo> {
    const manager = await jetstreamManager(this.#connection, { timeout, checkAPI: false })
    return manager.streams.info(this.#options.stream)
  }

  /** Begins in a stream of which nothing was read. */
  async #beginIn({ created, state }: StreamInfo, answerWithinMs: number): Promise<StreamReading> {
    this.#created = created
    this.#end = state.last_seq
    this.#nextSeq = null
    const begun = this.#begin(answerWithinMs)
    this.#options.onAsked?.()
    const reading = await begun
    if (reading.pending === 0) {
      this.#caughtUp.resolve()
      // From now on every stored message is delivered, and not only the newest.
      if (this.#options.start === 'last-per-subject') this.#nextSeq = this.#end + 1
    }
    return reading
  }

  /** Begins after the last message, or as at first if the stream was replaced. */
  async #beginAgain(): Promise<StreamReading> {
    const reading = await this.#begin(ANSWER_WITHIN_MS)
    const { onReplaced } = this.#options
    if (onReplaced === undefined) return reading
    try {
      // A stream that is replaced after this takes the consumer of the reading with it.
      const info = await this.#info(ANSWER_WITHIN_MS)
      if (info.created === this.#created) return reading
      reading.end(null)
      onReplaced()
      return await this.#beginIn(info, ANSWER_WITHIN_MS)
    } catch (error) {
      reading.end(null)
      throw error
    }
  }

  get #ended(): boolean {
    return this.#stopping.signal.aborted || this.#connection.isClosed()
  }

  /** Starts a new reading after the last message whenever one ends. */
  async #readAll(first: StreamReading): Promise<void> {
    const backoff = new Backoff(50, 2_000)
    let reading: StreamReading | null = first
    while (!this.#ended) {
      const from = this.#nextSeq
      const reason = reading === null ? null : await this.#read(reading)
      this.#patience.ended(reason, this.#nextSeq !== from)
      if (this.#failure !== null) return this.#lost(this.#failure.cause)
      if (this.#nextSeq !== from) backoff.reset()
      await backoff.wait(this.#stopping.signal)
      reading = this.#ended ? null : await this.#beginAgain().catch(() => null)
    }
    reading?.end(null)
  }

  /** Resolves when the reading has ended, with the reason. */
  async #read(reading: StreamReading): Promise<Error | null> {
    this.#reading = reading
    reading.ask()
    return reading.ended
  }

  #begin(answerWithinMs: number): Promise<StreamReading> {
    return StreamReading.begin({
      connection: this.#connection,
      stream: this.#options.stream,
      // For the newest message of each subject, the server requires a filter, even if it is all subjects.
      consumer: { ...filterOf(this.#options.filterSubjects ?? ['>']), ...this.#start },
      room: () => BATCH,
      onMessage: (message) => this.#take(message),
      onNothing: () => this.#heard(),
      answerWithinMs,
      silentMs: this.#patience.silentMs,
    })
  }

  get #start(): Partial<ConsumerConfig> {
    const start = this.#nextSeq === null ? this.#options.start : { from: this.#nextSeq }
    if (start === 'last-per-subject') return { deliver_policy: DeliverPolicy.LastPerSubject }
    return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.from }
  }

  #take(message: StreamMessage): void {
    try {
      this.#options.onMessage(message)
    } catch (cause) {
      this.#failure = { cause }
      this.#reading?.end(null)
      return
    }
    this.#nextSeq = message.seq + 1
    this.#heard()
    if (message.pending === 0 || message.seq >= this.#end) this.#caughtUp.resolve()
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

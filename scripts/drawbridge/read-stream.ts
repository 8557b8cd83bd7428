import { Backoff, nextMessage, untilEnded } from '@drawbridge/nats'
import {
  type Consumer,
  DeliverPolicy,
  type FetchMessages,
  type JsMsg,
  jetstream,
  jetstreamManager,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

export interface ReadRange {
  readonly stream: string
  /** The first and the last stream sequence that is wanted. */
  readonly from: number
  readonly to: number
  /** Wildcards allowed; not given: every subject. */
  readonly filterSubjects?: readonly string[]
  /** Only the newest message of each subject; should the reading break, all messages from there on. */
  readonly newestOnly?: boolean
  /** Without what the messages say; how long that is stands in a header. */
  readonly headersOnly?: boolean
  /** Messages in a chunk, at most. */
  readonly size?: number
}

const CHUNK = 5_000
const EXPIRES_MS = 5_000
const IDLE_HEARTBEAT_MS = 1_000
const ANSWER_WITHIN_MS = 10_000
/** Tries without a message in between. */
const TRIES_MAX = 6

/**
 * A range of a stream in chunks, in stream order, with an ordered consumer. The next chunk is fetched while the last one is
 * worked on, so that two are in memory at most.
 * @throws where NATS brings nothing more for about half a minute
 */
export async function* readStream(
  connection: NatsConnection,
  range: ReadRange,
): AsyncGenerator<readonly JsMsg[], void> {
  const reading = new Reading(connection, range)
  let coming = reading.next()
  try {
    for (;;) {
      const chunk = await coming
      if (chunk.length === 0) return
      coming = reading.next()
      // Thrown when it is awaited; whoever stops before does not care.
      coming.catch(() => undefined)
      yield chunk
    }
  } finally {
    await reading.end()
  }
}

/** Where a stream ends now: the sequence of its last message, 0 where it never had one. */
export async function lastSeqOf(connection: NatsConnection, stream: string): Promise<number> {
  const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
  return (await manager.streams.info(stream)).state.last_seq
}

class Reading {
  readonly #connection: NatsConnection
  readonly #range: ReadRange
  #consumer: Consumer | null = null
  #nextSeq: number
  /** Messages that the consumer has not delivered yet; as it said last. */
  #pending = 0
  #ended = false

  constructor(connection: NatsConnection, range: ReadRange) {
    this.#connection = connection
    this.#range = range
    this.#nextSeq = range.from
  }

  /** The next chunk; empty: there is none. */
  async next(): Promise<readonly JsMsg[]> {
    const backoff = new Backoff(100, 5_000)
    let fault: unknown = null
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (this.#ended || this.#nextSeq > this.#range.to) return []
      try {
        const chunk = await this.#fetch()
        if (chunk.length > 0 || this.#pending === 0) return chunk
        if (!(await this.#isMoreReadable())) return []
      } catch (error) {
        fault = error
        await this.#dropConsumer()
        await backoff.wait()
      }
    }
    const { stream } = this.#range
    throw new Error(`NATS brings nothing more of ${stream} from ${this.#nextSeq} on`, { cause: fault })
  }

  async end(): Promise<void> {
    this.#ended = true
    await this.#dropConsumer()
  }

  async #fetch(): Promise<readonly JsMsg[]> {
    const { size = CHUNK, to } = this.#range
    this.#consumer ??= await this.#create()
    const max = Math.min(size, this.#pending)
    if (max === 0) return []
    const chunk: JsMsg[] = []
    const request = await this.#consumer.fetch(requestFor(max, (message) => chunk.push(message)))
    const fault = await untilEnded(request)
    const last = chunk.at(-1)
    if (last === undefined) {
      if (fault !== null) throw fault
      return []
    }
    if (fault !== null) await this.#dropConsumer()
    this.#nextSeq = last.seq + 1
    this.#pending = last.info.pending
    if (last.seq <= to) return chunk
    this.#pending = 0
    return chunk.filter(({ seq }) => seq <= to)
  }

  async #create(): Promise<Consumer> {
    const { stream, from, filterSubjects, newestOnly = false, headersOnly = false } = this.#range
    const options: Partial<OrderedConsumerOptions> = {
      ...(newestOnly && this.#nextSeq === from
        ? { deliver_policy: DeliverPolicy.LastPerSubject }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#nextSeq }),
      ...(filterSubjects === undefined ? {} : { filter_subjects: [...filterSubjects] }),
      ...(headersOnly ? { headers_only: true } : {}),
    }
    const consumer = await jetstream(this.#connection, { timeout: ANSWER_WITHIN_MS }).consumers.get(stream, options)
    this.#pending = (await consumer.info(true)).num_pending
    return consumer
  }

  /** Where the bytes of a message are damaged the server counts it and never brings it. */
  async #isMoreReadable(): Promise<boolean> {
    const manager = await jetstreamManager(this.#connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
    return (await nextMessage(manager, this.#range.stream, '>', this.#nextSeq)) !== null
  }

  async #dropConsumer(): Promise<void> {
    const consumer = this.#consumer
    this.#consumer = null
    await consumer?.delete().catch(() => undefined)
  }
}

/** The client hands messages of a request to a callback, too; its types say so of `consume` alone. */
function requestFor(count: number, callback: (message: JsMsg) => void): FetchMessages {
  const request = { max_messages: count, expires: EXPIRES_MS, idle_heartbeat: IDLE_HEARTBEAT_MS, callback }
  return request
}

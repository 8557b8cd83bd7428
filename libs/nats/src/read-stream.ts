import { DeliverPolicy, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { Backoff } from './backoff.ts'
import { filterOf } from './create-consumer.ts'
import { nextMessage } from './stored-message.ts'
import type { StreamMessage } from './stream-message.ts'
import { StreamReading } from './stream-reading.ts'

export interface ReadRange {
  readonly stream: string
  /** The first and the last wanted stream sequence. */
  readonly from: number
  readonly to: number
  /** Wildcards allowed; every subject if not given. */
  readonly filterSubjects?: readonly string[]
  /** Only the newest message of each subject; if the reading breaks, all messages from there on. */
  readonly newestOnly?: boolean
  /** Without payloads; a header gives their length. */
  readonly headersOnly?: boolean
  /** Messages in a chunk, at most; 5,000 if not given. */
  readonly size?: number
  /** Attempts without a message in between; 6 if not given, which takes about half a minute. */
  readonly tries?: number
}

const CHUNK = 5_000
const ANSWER_WITHIN_MS = 10_000
const TRIES = 6

/**
 * A range of a stream in chunks, in stream order. The next chunk is read while the last one is processed, so at most two
 * are in memory.
 * @throws if NATS delivers nothing more after all attempts
 */
export async function* readStream(
  connection: NatsConnection,
  range: ReadRange,
): AsyncGenerator<readonly StreamMessage[], void> {
  const reading = new RangeReading(connection, range)
  let coming = reading.next()
  try {
    for (;;) {
      const chunk = await coming
      if (chunk.length === 0) return
      coming = reading.next()
      // Thrown when awaited; a caller that stops earlier does not care.
      coming.catch(() => undefined)
      yield chunk
    }
  } finally {
    reading.end()
  }
}

/** The first chunk of a range alone. @throws if NATS does not deliver it */
export async function readFirst(connection: NatsConnection, range: ReadRange): Promise<readonly StreamMessage[]> {
  const reading = new RangeReading(connection, range)
  try {
    return await reading.next()
  } finally {
    reading.end()
  }
}

/** The sequence of a stream's last message; 0 if it never had one. */
export async function lastSeqOf(connection: NatsConnection, stream: string): Promise<number> {
  const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
  return (await manager.streams.info(stream)).state.last_seq
}

class RangeReading {
  readonly #connection: NatsConnection
  readonly #range: ReadRange
  readonly #size: number
  #reading: StreamReading | null = null
  #chunk: StreamMessage[] = []
  /** How many messages had arrived at the server's last idle heartbeat. */
  #atNothing = -1
  #complete: () => void = () => undefined
  #nextSeq: number
  /** Messages still to be delivered, as the server last reported. */
  #pending = 0
  #ended = false

  constructor(connection: NatsConnection, range: ReadRange) {
    this.#connection = connection
    this.#range = range
    this.#size = range.size ?? CHUNK
    this.#nextSeq = range.from
  }

  /** The next chunk; empty at the end. */
  async next(): Promise<readonly StreamMessage[]> {
    const { stream, to, tries = TRIES } = this.#range
    const backoff = new Backoff(100, 5_000)
    let fault: unknown = null
    for (let tried = 0; tried < tries; tried += 1) {
      if (this.#ended || this.#nextSeq > to) return []
      try {
        const chunk = await this.#readChunk()
        if (chunk.length > 0 || this.#pending === 0) return chunk.filter(({ seq }) => seq <= to)
        if (!(await this.#isMoreReadable())) return []
      } catch (error) {
        fault = error
        if (tried + 1 < tries) await backoff.wait()
      }
    }
    throw new Error(`NATS delivers nothing more of the stream ${stream} from sequence ${this.#nextSeq} on`, {
      cause: fault,
    })
  }

  end(): void {
    this.#ended = true
    this.#reading?.end(null)
  }

  /** A full chunk, or what came until the stream or the reading ended, or until nothing more came. */
  async #readChunk(): Promise<readonly StreamMessage[]> {
    this.#reading ??= await this.#begin()
    const reading = this.#reading
    let reason: Error | null = null
    if (!this.#isComplete) {
      const complete = new Promise<null>((resolve) => {
        this.#complete = () => resolve(null)
      })
      this.#atNothing = -1
      reading.ask()
      reason = await Promise.race([complete, reading.ended])
    }
    const chunk = this.#chunk
    this.#chunk = []
    const last = chunk.at(-1)
    if (last !== undefined) this.#nextSeq = last.seq + 1
    if (reason !== null) {
      this.#reading = null
      if (last === undefined) throw reason
    }
    return chunk
  }

  get #isComplete(): boolean {
    const last = this.#chunk.at(-1)
    return this.#pending === 0 || this.#chunk.length >= this.#size || (last !== undefined && last.seq >= this.#range.to)
  }

  async #begin(): Promise<StreamReading> {
    const { stream, from, filterSubjects, newestOnly = false, headersOnly = false } = this.#range
    // Messages of the last reading beyond the chunk that was taken are read again.
    this.#chunk = []
    const start =
      newestOnly && this.#nextSeq === from
        ? { deliver_policy: DeliverPolicy.LastPerSubject }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#nextSeq }
    const reading = await StreamReading.begin({
      connection: this.#connection,
      stream,
      consumer: { ...filterOf(filterSubjects ?? ['>']), ...start, ...(headersOnly ? { headers_only: true } : {}) },
      room: () => Math.min(this.#size - this.#chunk.length, this.#pending),
      onMessage: (message) => this.#take(message),
      onNothing: () => this.#hearNothing(),
      answerWithinMs: ANSWER_WITHIN_MS,
    })
    this.#pending = reading.pending
    return reading
  }

  #take(message: StreamMessage): void {
    this.#chunk.push(message)
    this.#pending = message.pending
    if (this.#isComplete) this.#complete()
  }

  /** Twice in a row: a message that the server counts is not delivered. */
  #hearNothing(): void {
    if (this.#chunk.length === this.#atNothing) this.#complete()
    this.#atNothing = this.#chunk.length
  }

  /** The server counts a message whose bytes are damaged, and never delivers it. */
  async #isMoreReadable(): Promise<boolean> {
    const manager = await jetstreamManager(this.#connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
    return (await nextMessage(manager, this.#range.stream, '>', this.#nextSeq)) !== null
  }
}

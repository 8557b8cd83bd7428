import { headerNames, streams, traceIdOf } from '@drawbridge/contracts'
import { Backoff, Patience, type StreamMessage, StreamReading } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { DeliverPolicy } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'

interface InputLogOptions {
  readonly connection: NatsConnection
  /** Stream sequence to begin at. */
  readonly from: number
  /** How many messages may be handed over now. */
  readonly room: () => number
  readonly onMessage: (message: LogMessage) => void
  readonly log: Logger
  /** Called once with what `onMessage` threw; nothing is read any more. */
  readonly onError: (error: Error) => void
}

/** The input log, read in order, by requests for no more messages than there is room for. */
export class InputLog {
  readonly #options: InputLogOptions
  readonly #stopping = new AbortController()
  #nextSeq: number
  #reading: StreamReading | null = null
  #failure: unknown = null

  constructor(options: InputLogOptions) {
    this.#options = options
    this.#nextSeq = options.from
  }

  start(): void {
    this.#readAll().catch(this.#options.onError)
  }

  /** There may be more room than before. */
  lookAgain(): void {
    this.#reading?.ask()
  }

  /** No message is handed over from this call on. */
  stop(): void {
    this.#stopping.abort()
    this.#reading?.end(null)
  }

  /** Whenever a reading ends, begins another after the last message that was handed over. */
  async #readAll(): Promise<void> {
    const { connection, log } = this.#options
    const { signal } = this.#stopping
    const backoff = new Backoff(50, 2_000)
    const patience = new Patience()
    while (!signal.aborted && !connection.isClosed()) {
      const from = this.#nextSeq
      const reason = await this.#read(patience).catch((error: unknown) => error)
      patience.ended(reason, this.#nextSeq > from)
      if (this.#failure !== null) throw this.#failure
      if (signal.aborted || connection.isClosed()) return
      log.warn({ err: reason, from: this.#nextSeq }, 'the input log cannot be read on; trying again')
      if (this.#nextSeq > from) backoff.reset()
      await backoff.wait(signal)
    }
  }

  /** Reads until the reading ends, and returns the reason. */
  async #read({ silentMs }: Patience): Promise<Error | null> {
    const { connection, room } = this.#options
    const reading = await StreamReading.begin({
      connection,
      stream: streams.inputs,
      consumer: { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#nextSeq },
      room,
      onMessage: (message) => this.#take(message),
      silentMs,
    })
    this.#reading = reading
    if (this.#stopping.signal.aborted) reading.end(null)
    else reading.ask()
    return reading.ended
  }

  #take(message: StreamMessage): void {
    if (this.#stopping.signal.aborted) return
    const { subject, seq, time, data: payload } = message
    this.#nextSeq = seq + 1
    try {
      this.#options.onMessage({ subject, seq, time, payload, traceparent: traceparentOf(message) })
    } catch (error) {
      this.#failure = error
      this.#reading?.end(null)
    }
  }
}

/** Empty unless it is valid: anything else is useless, and may be as long as a message. */
function traceparentOf(message: StreamMessage): string {
  const traceparent = message.header(headerNames.traceparent)
  return traceIdOf(traceparent) === null ? '' : traceparent
}

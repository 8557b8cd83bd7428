import { headerNames, streams, traceIdOf } from '@drawbridge/contracts'
import { Backoff, type Logger, untilEnded } from '@drawbridge/service-kit'
import { type ConsumerMessages, DeliverPolicy, type FetchMessages, type JsMsg, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'

/** A request that is not filled ends after so long, and the next one is made. */
const EXPIRES_MS = 10_000
const IDLE_HEARTBEAT_MS = 1_000
const ANSWER_WITHIN_MS = 2_000

export interface InputLogOptions {
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

/**
 * The input log, read in its order with an ordered consumer, by requests for no more than there is room for. (What the
 * client's own `consume` asks for cannot be held back but by closing it, and what is under way then comes again.)
 */
export class InputLog {
  readonly #options: InputLogOptions
  readonly #stopping = new AbortController()
  #nextSeq: number
  #request: ConsumerMessages | null = null
  #onRoom: (() => void) | null = null
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
    if (this.#onRoom !== null && this.#options.room() > 0) this.#onRoom()
  }

  /** No message is handed over from this call on. */
  stop(): void {
    this.#stopping.abort()
    this.#request?.close().catch(() => undefined)
    this.#onRoom?.()
  }

  /** Begins anew after the last message that was handed over whenever NATS went away. */
  async #readAll(): Promise<void> {
    const { connection, log } = this.#options
    const { signal } = this.#stopping
    const backoff = new Backoff(50, 2_000)
    while (!signal.aborted && !connection.isClosed()) {
      const from = this.#nextSeq
      const reason = await this.#read().catch((error: unknown) => error)
      if (this.#failure !== null) throw this.#failure
      if (signal.aborted || connection.isClosed()) return
      log.warn({ err: reason, from: this.#nextSeq }, 'the input log cannot be read on; trying again')
      if (this.#nextSeq > from) backoff.reset()
      await backoff.wait(signal)
    }
  }

  /** Reads until a request breaks, and says why. */
  async #read(): Promise<unknown> {
    const { connection, room } = this.#options
    const consumer = await jetstream(connection, { timeout: ANSWER_WITHIN_MS }).consumers.get(streams.inputs, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#nextSeq,
    })
    for (;;) {
      await this.#untilRoom()
      if (this.#stopping.signal.aborted) return null
      this.#request = await consumer.fetch(requestFor(room(), (message) => this.#take(message)))
      const reason = await untilEnded(this.#request)
      if (reason === null) continue
      // It may be there, and only slow.
      consumer.delete().catch(() => undefined)
      return reason
    }
  }

  async #untilRoom(): Promise<void> {
    if (this.#options.room() > 0) return
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve
    })
    this.#onRoom = null
  }

  #take(message: JsMsg): void {
    if (this.#stopping.signal.aborted) return
    this.#nextSeq = message.seq + 1
    try {
      this.#options.onMessage({
        subject: message.subject,
        seq: message.seq,
        time: Math.floor(message.info.timestampNanos / 1e6),
        payload: message.data,
        traceparent: traceparentOf(message),
      })
    } catch (error) {
      this.#failure = error
      throw error
    }
  }
}

/** The client hands messages of a request to a callback, too; its types say so of `consume` alone. */
function requestFor(count: number, callback: (message: JsMsg) => void): FetchMessages {
  const request = { max_messages: count, expires: EXPIRES_MS, idle_heartbeat: IDLE_HEARTBEAT_MS, callback }
  return request
}

/** Only a valid one is carried on: anything else is of no use, and may be as long as a message. */
function traceparentOf(message: JsMsg): string {
  const traceparent = message.headers?.get(headerNames.traceparent) ?? ''
  return traceIdOf(traceparent) === null ? '' : traceparent
}

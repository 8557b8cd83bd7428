import { Backoff, ConnectionWatch, type Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'
import { InputReading } from './input-reading.ts'

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

/** The input log, read in its order, by requests for no more than there is room for. */
export class InputLog {
  readonly #options: InputLogOptions
  readonly #watch: ConnectionWatch
  readonly #stopping = new AbortController()
  #nextSeq: number
  #reading: InputReading | null = null
  #failure: unknown = null

  constructor(options: InputLogOptions) {
    this.#options = options
    this.#nextSeq = options.from
    this.#watch = new ConnectionWatch(options.connection)
    this.#watch.onReconnect(() => this.#reading?.end(new Error('NATS was away')))
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

  /** Begins anew after the last message that was handed over whenever a reading ends. */
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

  /** Reads until that ends, and says why. */
  async #read(): Promise<Error | null> {
    const { connection, room } = this.#options
    const reading = await InputReading.begin({
      connection,
      from: this.#nextSeq,
      room,
      onMessage: (message) => this.#take(message),
      away: () => this.#watch.away !== null,
    })
    this.#reading = reading
    if (this.#stopping.signal.aborted) reading.end(null)
    else reading.ask()
    return reading.ended
  }

  #take(message: LogMessage): void {
    if (this.#stopping.signal.aborted) return
    this.#nextSeq = message.seq + 1
    try {
      this.#options.onMessage(message)
    } catch (error) {
      this.#failure = error
      this.#reading?.end(null)
    }
  }
}

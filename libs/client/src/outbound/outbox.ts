import { randomUUID } from 'node:crypto'
import { headerNames, subjects, type TraderId, traceField } from '@drawbridge/contracts'
import { Backoff, ConnectionWatch, type Logger } from '@drawbridge/nats'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { OwnReading } from '../core/far-reading.ts'
import { TickBuffer, TickSpace, type WaitingTick } from '../core/tick-buffer.ts'
import type { Gate } from '../gate.ts'
import type { OwnTick } from '../own-ticks.ts'
import type { Telemetry, WatchedTick } from '../telemetry.ts'

/** Limit of waiting ticks of one trader while NATS is unavailable. */
export const BUFFER_CAPACITY = 1_000
/** Limits of their bytes, for one trader and for all traders of the process. */
const TRADER_BYTES_MAX = 1_000_000
const PROCESS_BYTES_MAX = 64_000_000
const OF_THE_PROCESS = new TickSpace(PROCESS_BYTES_MAX)
const ACKNOWLEDGED_WITHIN_MS = 2_000
const CLOSE_WITHIN_MS = 2_000

/** How long an outbox waits, milliseconds. */
interface OutboxWaits {
  /** An acknowledgement counts as lost after this time; {@link ACKNOWLEDGED_WITHIN_MS} if not given. */
  readonly acknowledgedWithinMs?: number
  /** Time for waiting ticks at the end; {@link CLOSE_WITHIN_MS} if not given. */
  readonly closeWithinMs?: number
}

interface SentTick extends Omit<WaitingTick, 'messageId'> {
  messageId: string
  /** The id that it was published under last; null: it was not. */
  publishedAs: string | null
  readonly watched: WatchedTick | null
  /** The gate's own: until it is decided, it may close the gate. */
  readonly own: OwnTick
}

/** Sends one trader's ticks in order, one at a time, until each is acknowledged. Its callers never wait. */
export class Outbox {
  readonly #client: JetStreamClient
  readonly #watch: ConnectionWatch
  readonly #gate: Gate
  readonly #log: Logger
  readonly #telemetry: Telemetry | null
  readonly #waits: OutboxWaits
  readonly #buffer: TickBuffer<SentTick>
  readonly #closed = new AbortController()
  #sending: Promise<void> | null = null
  /** Whether dropped ticks have been logged since the buffer was last empty. */
  #saidThinned = false
  #thinnedBefore = 0
  /** The tick that is being published. */
  #published: SentTick | null = null

  constructor(
    connection: NatsConnection,
    gate: Gate,
    log: Logger,
    telemetry: Telemetry | null = null,
    waits: OutboxWaits = {},
    space = OF_THE_PROCESS,
  ) {
    const onDropped = (tick: SentTick) => {
      // NATS may have the one that is being published.
      if (tick !== this.#published) tick.own.dropped()
    }
    this.#buffer = new TickBuffer<SentTick>(BUFFER_CAPACITY, { bytesMax: TRADER_BYTES_MAX, space, onDropped })
    this.#client = jetstream(connection)
    this.#watch = ConnectionWatch.of(connection)
    this.#gate = gate
    this.#log = log
    this.#telemetry = telemetry
    this.#waits = waits
  }

  get trader(): TraderId {
    return this.#gate.trader
  }

  /** How many ticks wait for their acknowledgement. */
  get waiting(): number {
    return this.#buffer.length
  }

  /** How many ticks were dropped because too many waited. */
  get thinned(): number {
    return this.#buffer.thinned
  }

  /**
   * Takes a tick to send: the bytes that the bot wrote, and what they say.
   * @returns what becomes of it
   */
  send(payload: Uint8Array, reading: OwnReading, traceparent: string): OwnTick {
    const messageId = this.#newId()
    const taken = { trader: this.trader, traceparent, messageId, bytes: payload.length }
    const watched = this.#telemetry?.tickTaken(taken) ?? null
    const own = this.#gate.report(reading)
    this.#buffer.push({
      own,
      equity: reading.equity,
      payload,
      traceparent: watched?.traceparent ?? traceparent,
      messageId,
      publishedAs: null,
      since: performance.now(),
      watched,
    })
    this.#sayThinned()
    this.#sending ??= this.#sendAll()
    return own
  }

  /** Gives waiting ticks a moment to be sent, and logs how many were not. Safe to repeat. */
  async close(): Promise<void> {
    const { closeWithinMs = CLOSE_WITHIN_MS } = this.#waits
    const timer = setTimeout(() => this.#closed.abort(), closeWithinMs)
    await this.#sending
    clearTimeout(timer)
    this.#closed.abort()
    if (this.waiting > 0) {
      this.#log.error({ trader: this.trader, waiting: this.waiting }, 'stopped with ticks that were not sent')
    }
    this.#buffer.giveUp()
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#closed
    const backoff = new Backoff(50, 1_000)
    let failing = false
    for (let tick = this.#buffer.first; tick !== undefined && !signal.aborted; tick = this.#buffer.first) {
      try {
        const seq = await this.#publish(tick)
        // It may have been dropped meanwhile, for lack of room.
        if (this.#buffer.first === tick) this.#buffer.removeFirst()
        tick.own.stored(seq)
        backoff.reset()
        tick.watched?.acknowledged()
        if (failing) this.#log.info(this.#counts, 'ticks are acknowledged again')
        failing = false
      } catch (error) {
        if (!failing)
          this.#log.warn(
            { err: error, ...this.#counts, ...traceField(tick.traceparent) },
            'a tick is not acknowledged; trying again',
          )
        failing = true
        if (this.#buffer.first !== tick) tick.own.dropped()
        await backoff.wait(signal)
      }
    }
    // Without an await since the last look into the buffer: a later tick starts the sending again.
    this.#sending = null
    this.#saidThinned = false
  }

  #sayThinned(): void {
    if (this.thinned === this.#thinnedBefore) return
    this.#thinnedBefore = this.thinned
    if (!this.#saidThinned) this.#log.warn(this.#counts, 'ticks are dropped: more are waiting than there is room for')
    this.#saidThinned = true
  }

  get #counts() {
    return { trader: this.trader, waiting: this.waiting, thinned: this.thinned }
  }

  /** Random, so that nobody who has seen one id can guess another. */
  #newId(): string {
    return `${this.trader}:${randomUUID()}`
  }

  /**
   * Message ids are unique in the whole stream: if another message has used the id of a tick, the stream takes the tick for
   * a duplicate. A tick that was not sent before cannot be one, and is sent again under another id. (A bot may not read the
   * input log to compare. It need not: until a tick is sent, nobody knows its id.)
   * @returns the sequence in INPUTS: of the first message, if it was sent again
   * @throws where the stream has not taken the tick
   */
  async #publish(tick: SentTick): Promise<number> {
    const { acknowledgedWithinMs = ACKNOWLEDGED_WITHIN_MS } = this.#waits
    const isFirst = tick.publishedAs !== tick.messageId
    tick.publishedAs = tick.messageId
    const described = headers()
    described.set(headerNames.messageId, tick.messageId)
    if (tick.traceparent !== '') described.set(headerNames.traceparent, tick.traceparent)
    const options = { headers: described, timeout: acknowledgedWithinMs }
    this.#published = tick
    tick.own.sending()
    const sent = this.#client.publish(subjects.tick(this.trader), tick.payload, options)
    const { duplicate, seq } = await this.#watch.untilReconnect(sent).finally(() => {
      this.#published = null
    })
    if (!duplicate || !isFirst) return seq
    tick.messageId = this.#newId()
    throw new Error('another message has used the id of this tick; it goes under another id')
  }
}

import { randomUUID } from 'node:crypto'
import { headerNames, subjects, type Tick, type TraderId } from '@drawbridge/contracts'
import { Backoff, type Logger } from '@drawbridge/service-kit'
import type { JetStreamClient } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { TickBuffer, type WaitingTick } from '../core/tick-buffer.ts'
import type { Gate } from '../gate.ts'

/** Ticks of one trader that wait while NATS is away. */
export const BUFFER_CAPACITY = 1_000
const PUBLISH_TIMEOUT_MS = 2_000

/** Sends one trader's ticks in their order, one at a time, until each is acknowledged. Nothing that calls it waits. */
export class Outbox {
  readonly #trader: TraderId
  readonly #client: JetStreamClient
  readonly #gate: Gate
  readonly #stopping: AbortSignal
  readonly #log: Logger
  readonly #buffer = new TickBuffer(BUFFER_CAPACITY)
  readonly #sender = randomUUID()
  #count = 0
  #sending = false

  constructor(trader: TraderId, client: JetStreamClient, gate: Gate, stopping: AbortSignal, log: Logger) {
    this.#trader = trader
    this.#client = client
    this.#gate = gate
    this.#stopping = stopping
    this.#log = log
  }

  /** How many ticks wait for their acknowledgement. */
  get waiting(): number {
    return this.#buffer.length
  }

  /** How many ticks were left out because too many waited. */
  get thinned(): number {
    return this.#buffer.thinned
  }

  /** Takes a tick to send: the bytes that the bot wrote, and what was read of them. */
  send(payload: Uint8Array, tick: Tick, traceparent: string): void {
    this.#count += 1
    this.#buffer.push({
      equity: tick.equity,
      payload,
      traceparent,
      messageId: `${this.#sender}:${this.#count}`,
      since: performance.now(),
    })
    if (this.#sending) return
    this.#sending = true
    void this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    const backoff = new Backoff(50, 1_000)
    for (let tick = this.#buffer.first; tick !== undefined && !this.#stopping.aborted; tick = this.#buffer.first) {
      this.#gate.ticksWaitSince(tick.since)
      try {
        await this.#publish(tick)
        this.#buffer.removeFirst()
        backoff.reset()
      } catch (error) {
        this.#log.warn(
          { err: error, trader: this.#trader, waiting: this.waiting },
          'a tick is not acknowledged; trying again',
        )
        await backoff.wait(this.#stopping)
      }
    }
    this.#sending = false
    if (this.#buffer.first === undefined) this.#gate.ticksWaitSince(null)
  }

  async #publish(tick: WaitingTick): Promise<void> {
    const described = headers()
    described.set(headerNames.messageId, tick.messageId)
    if (tick.traceparent !== '') described.set(headerNames.traceparent, tick.traceparent)
    await this.#client.publish(subjects.tick(this.#trader), tick.payload, {
      headers: described,
      timeout: PUBLISH_TIMEOUT_MS,
    })
  }
}

import { subjects, type TraderId } from '@drawbridge/contracts'
import { Backoff, type Logger } from '@drawbridge/service-kit'
import type { JetStreamClient } from '@nats-io/jetstream'

const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Clocks that jump must not make a storm of wake-ups that come early. */
const SHORTEST_TIMER_MS = 50

/** Turns time into inputs: a timer does nothing but publish `control.wake.<trader>`. One timer a trader. */
export class WakeTimers {
  readonly #client: JetStreamClient
  readonly #log: Logger
  readonly #timers = new Map<TraderId, NodeJS.Timeout>()
  readonly #stopping: AbortSignal

  constructor(client: JetStreamClient, stopping: AbortSignal, log: Logger) {
    this.#client = client
    this.#stopping = stopping
    this.#log = log
  }

  get armed(): number {
    return this.#timers.size
  }

  /** Sends a wake-up in so many milliseconds, instead of any that was planned; null: none. */
  arm(trader: TraderId, inMs: number | null): void {
    const known = this.#timers.get(trader)
    if (known !== undefined) clearTimeout(known)
    if (inMs === null || this.#stopping.aborted) {
      this.#timers.delete(trader)
      return
    }
    // A wake-up that comes early is armed again by what becomes of it, so a wait beyond the longest timer may be cut.
    const waitMs = Math.min(Math.max(inMs, SHORTEST_TIMER_MS), LONGEST_TIMER_MS)
    const timer = setTimeout(() => void this.#send(trader, timer), waitMs)
    this.#timers.set(trader, timer)
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  async #send(trader: TraderId, timer: NodeJS.Timeout): Promise<void> {
    const backoff = new Backoff(100, 5_000)
    while (this.#timers.get(trader) === timer) {
      try {
        await this.#client.publish(subjects.control('wake', trader), '')
        return
      } catch (error) {
        this.#log.warn({ err: error, trader }, 'a wake-up cannot be sent; trying again')
        await backoff.wait(this.#stopping)
      }
    }
  }
}

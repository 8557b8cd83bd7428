import { subjects, type TraderId, type TraderState } from '@drawbridge/contracts'
import { Backoff } from '@drawbridge/nats'
import { nextWakeAt } from '@drawbridge/risk-engine'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamClient } from '@nats-io/jetstream'
import type { Configurations } from './configurations.ts'
import type { InputWatch } from './inbound/input-watch.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Clocks that jump must not make a storm of wake-ups that come early. */
const SHORTEST_TIMER_MS = 50

/** A wake-up that is planned. */
interface Planned {
  timer: NodeJS.Timeout
  /** In `performance.now()`: when the timer ends, infinite once it has; and when the wake-up is due. */
  firesAt: number
  dueAt: number
}

/** Turns time into inputs: a timer does nothing but publish `control.wake.<trader>`. One timer a trader. */
export class WakeTimers {
  readonly #client: JetStreamClient
  readonly #configurations: Configurations
  readonly #inputs: InputWatch
  readonly #log: Logger
  readonly #planned = new Map<TraderId, Planned>()
  readonly #stopping: AbortSignal

  constructor(
    client: JetStreamClient,
    configurations: Configurations,
    inputs: InputWatch,
    stopping: AbortSignal,
    log: Logger,
  ) {
    this.#client = client
    this.#configurations = configurations
    this.#inputs = inputs
    this.#stopping = stopping
    this.#log = log
    stopping.addEventListener('abort', () => this.#stop())
  }

  /**
   * Plans the next wake-up of a trader, instead of any that was planned. Each tick puts off the moment at which its trader
   * would be silent for too long: a timer that ends before is left to run, and starts again then.
   */
  arm({ trader, state }: { readonly trader: TraderId; readonly state: TraderState }): void {
    const known = this.#planned.get(trader)
    const inMs = this.#wakeIn(trader, state)
    if (inMs === null || this.#stopping.aborted) {
      if (known === undefined) return
      clearTimeout(known.timer)
      this.#planned.delete(trader)
      return
    }
    const now = performance.now()
    const dueAt = now + Math.max(inMs, SHORTEST_TIMER_MS)
    if (known !== undefined && known.firesAt <= dueAt) {
      known.dueAt = dueAt
      return
    }
    if (known !== undefined) clearTimeout(known.timer)
    this.#start(trader, now, dueAt)
  }

  /**
   * Milliseconds until the trader must be woken; null: it needs not. A trader that has been set to event time since its
   * last event is not woken by the clock any more.
   */
  #wakeIn(trader: TraderId, state: TraderState): number | null {
    const now = this.#inputs.serverNow
    const wakeAt = nextWakeAt(trader, state, this.#configurations.current, now)
    return wakeAt === null ? null : wakeAt - now
  }

  #start(trader: TraderId, now: number, dueAt: number): void {
    const waitMs = Math.min(dueAt - now, LONGEST_TIMER_MS)
    const timer = setTimeout(() => this.#fire(trader, planned), waitMs)
    const planned: Planned = { timer, firesAt: now + waitMs, dueAt }
    this.#planned.set(trader, planned)
  }

  #fire(trader: TraderId, planned: Planned): void {
    const now = performance.now()
    if (planned.dueAt - now >= 1) this.#start(trader, now, planned.dueAt)
    else {
      planned.firesAt = Number.POSITIVE_INFINITY
      void this.#send(trader, planned)
    }
  }

  #stop(): void {
    for (const { timer } of this.#planned.values()) clearTimeout(timer)
    this.#planned.clear()
  }

  async #send(trader: TraderId, planned: Planned): Promise<void> {
    const backoff = new Backoff(100, 5_000)
    while (this.#planned.get(trader) === planned) {
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

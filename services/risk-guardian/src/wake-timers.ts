import { setTimeout as delay } from 'node:timers/promises'
import { subjects, type TraderId, type TraderState } from '@drawbridge/contracts'
import { Backoff } from '@drawbridge/nats'
import { nextWakeAt } from '@drawbridge/risk-engine'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamClient } from '@nats-io/jetstream'
import type { Configurations } from './configurations.ts'
import type { Failures } from './failures.ts'
import type { InputWatch } from './inbound/input-watch.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Clocks that jump must not cause a storm of wake-ups that come early. */
const SHORTEST_TIMER_MS = 50
/** How many traders are planned without a break; takes about a millisecond. */
const TOGETHER = 200

/** A wake-up that is planned. */
interface Planned {
  timer: NodeJS.Timeout
  /** By `performance.now()`: when the timer ends, infinite once it has; and when the wake-up is due. */
  firesAt: number
  dueAt: number
}

interface WakeTimersParts {
  readonly client: JetStreamClient
  readonly configurations: Configurations
  readonly inputs: InputWatch
  readonly failures: Failures
  readonly log: Logger
}

interface Sleeper {
  readonly record: { readonly trader: TraderId; readonly state: TraderState }
  /** Whether inputs wait; its next wake-up is planned when they are decided. */
  readonly busy: boolean
}

/** Turns time into inputs: a timer only publishes `control.wake.<trader>`. One timer per trader. */
export class WakeTimers {
  readonly #parts: WakeTimersParts
  readonly #stopping: AbortSignal
  readonly #planned = new Map<TraderId, Planned>()
  #isPlanningAll = false
  #isAskedAgain = false
  #nextRound: NodeJS.Timeout | undefined

  constructor(parts: WakeTimersParts) {
    this.#parts = parts
    this.#stopping = parts.failures.stopping
    this.#stopping.addEventListener('abort', () => this.#stop())
  }

  /**
   * Plans the next wake-up of a trader, instead of any that was planned. Each tick puts off the moment at which its trader
   * would be silent for too long: a timer that ends earlier is left to run, and then starts again.
   */
  arm({ trader, state }: Sleeper['record']): void {
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
   * Milliseconds until the trader must be woken; null: never. A trader that was set to event time after its last event is
   * no longer woken by the clock.
   */
  #wakeIn(trader: TraderId, state: TraderState): number | null {
    const { inputs, configurations } = this.#parts
    const now = inputs.serverNow
    const wakeAt = nextWakeAt(trader, state, configurations.current, now)
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

  async #send(trader: TraderId, planned: Planned): Promise<void> {
    const { client, log } = this.#parts
    const backoff = new Backoff(100, 5_000)
    while (this.#planned.get(trader) === planned) {
      try {
        await client.publish(subjects.control('wake', trader), '')
        return
      } catch (error) {
        log.warn({ err: error, trader }, 'a wake-up cannot be sent; trying again')
        await backoff.wait(this.#stopping)
      }
    }
  }

  /**
   * Plans the wake-ups of all traders, a few at a time: at the start, when overdue traders are woken, and whenever other
   * limits take effect, as a silence may then be too long earlier. A round that is under way is followed by another.
   */
  planAll(traders: { all(): Iterable<Sleeper> }): void {
    this.#planNextRound(traders)
    this.#isAskedAgain = true
    if (this.#isPlanningAll) return
    this.#isPlanningAll = true
    this.#planRounds(traders)
      .catch(this.#parts.failures.fail)
      .finally(() => {
        this.#isPlanningAll = false
      })
  }

  async #planRounds(traders: { all(): Iterable<Sleeper> }): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false
      let count = 0
      for (const { record, busy } of traders.all()) {
        if (this.#stopping.aborted) return
        if (!busy) this.arm(record)
        count += 1
        if (count % TOGETHER === 0) await delay(1, undefined, { signal: this.#stopping }).catch(() => undefined)
      }
    }
  }

  /** The next round is due when the next pending limits take effect. */
  #planNextRound(traders: { all(): Iterable<Sleeper> }): void {
    const { configurations, inputs } = this.#parts
    clearTimeout(this.#nextRound)
    const now = inputs.serverNow
    const at = configurations.current.pending.find((change) => change.at > now)?.at
    if (at === undefined || this.#stopping.aborted) return
    const waitMs = Math.min(Math.max(at - now, SHORTEST_TIMER_MS), LONGEST_TIMER_MS)
    this.#nextRound = setTimeout(() => this.planAll(traders), waitMs)
  }

  #stop(): void {
    clearTimeout(this.#nextRound)
    for (const { timer } of this.#planned.values()) clearTimeout(timer)
    this.#planned.clear()
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import type { Configurations } from './configurations.ts'
import type { Failures } from './failures.ts'
import type { InputWatch } from './inbound/input-watch.ts'
import type { Lanes } from './lanes.ts'
import type { WakeTimers } from './wake-timers.ts'

/** Takes about a millisecond. */
const TOGETHER = 200
const LONGEST_TIMER_MS = 2 ** 31 - 1
const SHORTEST_TIMER_MS = 50

interface WakeRoundsParts {
  readonly lanes: Lanes
  readonly configurations: Configurations
  readonly inputs: InputWatch
  readonly wakeTimers: WakeTimers
  readonly failures: Failures
}

/**
 * Plans the wake-ups of all traders, a few at a time: at the start, when who slept too long is woken, and whenever other
 * limits take force, as a silence may then be too long earlier.
 */
export class WakeRounds {
  readonly #parts: WakeRoundsParts
  #isGoing = false
  #isAskedAgain = false
  #timer: NodeJS.Timeout | undefined

  constructor(parts: WakeRoundsParts) {
    this.#parts = parts
    parts.failures.stopping.addEventListener('abort', () => clearTimeout(this.#timer))
  }

  /** Begins a round; one that is under way is followed by another. */
  begin(): void {
    this.#planNext()
    this.#isAskedAgain = true
    if (this.#isGoing) return
    this.#isGoing = true
    this.#go()
      .catch(this.#parts.failures.fail)
      .finally(() => {
        this.#isGoing = false
      })
  }

  async #go(): Promise<void> {
    const { lanes, wakeTimers, failures } = this.#parts
    const { stopping } = failures
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false
      let count = 0
      for (const lane of lanes.all()) {
        if (stopping.aborted) return
        if (!lane.busy) wakeTimers.arm(lane)
        count += 1
        if (count % TOGETHER === 0) await delay(1, undefined, { signal: stopping }).catch(() => undefined)
      }
    }
  }

  /** The next round is due when the next of the limits take force that are named already. */
  #planNext(): void {
    const { configurations, inputs, failures } = this.#parts
    clearTimeout(this.#timer)
    const now = inputs.serverNow
    const at = configurations.current.pending.find((change) => change.at > now)?.at
    if (at === undefined || failures.stopping.aborted) return
    const waitMs = Math.min(Math.max(at - now, SHORTEST_TIMER_MS), LONGEST_TIMER_MS)
    this.#timer = setTimeout(() => this.begin(), waitMs)
  }
}

import type { TraderId } from '@drawbridge/contracts'
import { type LaneServices, TraderLane } from './trader-lane.ts'

/** The lanes of all traders that have an event, or an input that makes one. */
export class Lanes {
  readonly #services: LaneServices
  readonly #lanes = new Map<TraderId, TraderLane>()

  constructor(services: LaneServices) {
    this.#services = services
  }

  get size(): number {
    return this.#lanes.size
  }

  has(trader: TraderId): boolean {
    return this.#lanes.has(trader)
  }

  all(): Iterable<TraderLane> {
    return this.#lanes.values()
  }

  /** The lane of a trader, made where there is none. */
  of(trader: TraderId): TraderLane {
    let lane = this.#lanes.get(trader)
    if (lane === undefined) {
      lane = new TraderLane(trader, this.#services)
      this.#lanes.set(trader, lane)
    }
    return lane
  }

  /** Whose turn it is has changed. */
  lookAgain(): void {
    for (const lane of this.#lanes.values()) lane.lookAgain()
  }

  /** Traders that are paused, or may be once their waiting inputs are decided. */
  thatMayHold(): TraderLane[] {
    return [...this.#lanes.values()].filter((lane) => lane.busy || lane.state.pause !== null)
  }
}

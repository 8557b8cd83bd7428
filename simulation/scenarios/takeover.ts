import { headerNames, streams, type TraderId } from '@drawbridge/contracts'
import { type FaultParts, NodeFaults } from '../node-faults.ts'
import type { Load, LoadParts, Trouble } from './scenario.ts'

const TICK_EVERY_MS = 100
/** All processes have started by then, and the first ticks are decided. */
const LOAD_FROM_MS = 2_500
const FAULT_FROM_MS = LOAD_FROM_MS + 1_000
const STOPPED_MS = 1_500

/** Ten ticks per second of each trader, evenly spread. */
export class SteadyLoad implements Load {
  readonly #parts: LoadParts
  #going = true

  constructor(parts: LoadParts) {
    this.#parts = parts
  }

  start(): void {
    const traders = this.#parts.settings.bots.flat()
    for (const [index, trader] of traders.entries()) {
      setTimeout(() => this.#tick(trader, 0), LOAD_FROM_MS + (index * TICK_EVERY_MS) / traders.length)
    }
  }

  end(): void {
    this.#going = false
  }

  #tick(trader: TraderId, count: number): void {
    if (!this.#going) return
    this.#parts.botOf(trader)?.tick(trader, (1_000 + (count % 7)).toFixed(2), this.#parts.serverNow())
    setTimeout(() => this.#tick(trader, count + 1), TICK_EVERY_MS)
  }
}

/** The active guardian dies, or is stopped for a while, just after it has published. */
export class LossOfTheActive implements Trouble {
  readonly clockAheadMs = 0
  readonly steppedMs = 0
  readonly #parts: FaultParts
  readonly #isKilled: boolean
  #isLost = false

  constructor(parts: FaultParts, isKilled: boolean) {
    this.#parts = parts
    this.#isKilled = isKilled
  }

  start(): void {
    const { random, traps, fleet } = this.#parts
    const onNodes = new NodeFaults(this.#parts)
    setTimeout(
      () =>
        traps.whenStored(streams.risk, ({ headers }) => {
          const node = fleet.named(headers.get(headerNames.guardian) ?? '')
          if (node === null) return
          this.#isLost = true
          if (this.#isKilled) onNodes.crash(node)
          else onNodes.freeze(node, STOPPED_MS)
        }),
      FAULT_FROM_MS + random.between(0, TICK_EVERY_MS),
    )
  }

  end(): void {
    // A stopped guardian goes on by itself.
  }

  get missed(): string | null {
    return this.#isLost ? null : 'no guardian was lost'
  }
}

import type { Amount } from '@drawbridge/contracts'

/** A tick that waits to be sent. */
export interface WaitingTick {
  readonly equity: Amount
  readonly payload: Uint8Array
  readonly traceparent: string
  /** Unique for the tick, so that the stream keeps it once however often it is sent. */
  readonly messageId: string
  /** When it came, on a clock that never goes back, milliseconds. */
  readonly since: number
}

/**
 * Ticks of one trader in the order they came, at most `capacity` of them. When it is full, what is in it is thinned out
 * to its first, highest, lowest and latest tick: the risk rules see the same extremes and the same end.
 */
export class TickBuffer<T extends WaitingTick = WaitingTick> {
  readonly #capacity: number
  #ticks: T[] = []
  #thinned = 0

  /** @param capacity 8 or more */
  constructor(capacity: number) {
    this.#capacity = Math.max(8, capacity)
  }

  get length(): number {
    return this.#ticks.length
  }

  /** How many ticks have been left out so far. */
  get thinned(): number {
    return this.#thinned
  }

  get first(): T | undefined {
    return this.#ticks[0]
  }

  push(tick: T): void {
    this.#ticks.push(tick)
    if (this.#ticks.length > this.#capacity) this.#thin()
  }

  /** Takes out the first tick once it is sent; a thinning meanwhile has kept it. */
  removeFirst(): void {
    this.#ticks.shift()
  }

  #thin(): void {
    const first = this.#ticks[0]
    const latest = this.#ticks.at(-1)
    if (first === undefined || latest === undefined) return
    let highest = first
    let lowest = first
    for (const tick of this.#ticks) {
      if (tick.equity > highest.equity) highest = tick
      if (tick.equity < lowest.equity) lowest = tick
    }
    const kept = this.#ticks.filter((tick) => tick === first || tick === highest || tick === lowest || tick === latest)
    this.#thinned += this.#ticks.length - kept.length
    this.#ticks = kept
  }
}

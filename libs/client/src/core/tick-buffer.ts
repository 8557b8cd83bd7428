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

/** Bounds of the waiting ticks of one trader; none if not given. */
interface TickBounds<T> {
  readonly bytesMax?: number
  /** Shared with other traders. */
  readonly space?: TickSpace
  /** Called with each tick that is left out. */
  readonly onDropped?: (tick: T) => void
}

/**
 * Ticks of one trader in order of arrival, at most `capacity` of them and `bytesMax` bytes. A full buffer is downsampled to
 * its first, highest, lowest and latest tick: the risk rules see the same extremes and the same end. If these have too many
 * bytes, the oldest are dropped.
 */
export class TickBuffer<T extends WaitingTick = WaitingTick> implements SharedBuffer {
  readonly #capacity: number
  readonly #bytesMax: number
  readonly #onDropped: (tick: T) => void
  #space: TickSpace
  #ticks: T[] = []
  #bytes = 0
  #thinned = 0

  /** @param capacity 8 or more */
  constructor(capacity: number, bounds: TickBounds<T> = {}) {
    const { bytesMax = Number.POSITIVE_INFINITY, space, onDropped = () => undefined } = bounds
    this.#capacity = Math.max(8, capacity)
    this.#bytesMax = bytesMax
    this.#onDropped = onDropped
    this.#space = space ?? new TickSpace(Number.POSITIVE_INFINITY)
  }

  get length(): number {
    return this.#ticks.length
  }

  /** Bytes of the waiting payloads. */
  get bytes(): number {
    return this.#bytes
  }

  /** How many ticks have been dropped so far. */
  get thinned(): number {
    return this.#thinned
  }

  get first(): T | undefined {
    return this.#ticks[0]
  }

  get since(): number {
    return this.first?.since ?? Number.POSITIVE_INFINITY
  }

  push(tick: T): void {
    this.#ticks.push(tick)
    this.#bytes += tick.payload.length
    this.#space.add(this, tick.payload.length)
    if (this.#ticks.length > this.#capacity || this.#bytes > this.#bytesMax) this.#thin()
    while (this.#bytes > this.#bytesMax && this.#ticks.length > 1) this.dropOldest()
    this.#space.makeRoom()
  }

  /** Removes the first tick when it is sent; downsampling meanwhile has kept it. */
  removeFirst(): void {
    const first = this.#ticks.shift()
    if (first !== undefined) this.#free(first.payload.length)
  }

  dropOldest(): void {
    const { first } = this
    this.removeFirst()
    this.#thinned += 1
    if (first !== undefined) this.#onDropped(first)
  }

  /** The waiting ticks will not be sent, and take no room from others. */
  giveUp(): void {
    this.#space.forget(this, this.#bytes)
    this.#space = new TickSpace(Number.POSITIVE_INFINITY)
  }

  #free(bytes: number): void {
    this.#bytes -= bytes
    this.#space.remove(this, bytes)
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
    const all = this.#ticks
    this.#thinned += all.length - kept.length
    this.#ticks = kept
    this.#free(this.#bytes - kept.reduce((bytes, { payload }) => bytes + payload.length, 0))
    for (const tick of all) if (!kept.includes(tick)) this.#onDropped(tick)
  }
}

/** Waiting ticks in order of arrival, in a space that several buffers share. */
interface SharedBuffer {
  readonly length: number
  /** When its oldest tick came. */
  readonly since: number
  /** Drops its oldest tick. */
  dropOldest(): void
}

/**
 * Limits the bytes that wait in all buffers that share it. Beyond the limit, the oldest ticks of any trader are dropped; the
 * only tick of a trader last, because it shows the present state of the account.
 */
export class TickSpace {
  readonly #bytesMax: number
  readonly #buffers = new Set<SharedBuffer>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** These bytes were added to the buffer. */
  add(buffer: SharedBuffer, bytes: number): void {
    this.#bytes += bytes
    this.#buffers.add(buffer)
  }

  /** These bytes were removed from it. */
  remove(buffer: SharedBuffer, bytes: number): void {
    this.#bytes -= bytes
    if (buffer.length === 0) this.#buffers.delete(buffer)
  }

  /** The buffer is no longer used; the bytes in it do not count. */
  forget(buffer: SharedBuffer, bytes: number): void {
    this.#bytes -= bytes
    this.#buffers.delete(buffer)
  }

  makeRoom(): void {
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.#oldest(2) ?? this.#oldest(1)
      if (oldest === null) return
      oldest.dropOldest()
    }
  }

  /** @param least how many ticks it must have */
  #oldest(least: number): SharedBuffer | null {
    let oldest: SharedBuffer | null = null
    for (const buffer of this.#buffers) {
      if (buffer.length >= least && (oldest === null || buffer.since < oldest.since)) oldest = buffer
    }
    return oldest
  }
}

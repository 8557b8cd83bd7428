/** Looking costs something else than doing on most other sides. */
export type LimitKind = 'read' | 'control'
/** `act` is what a block or an exit needs, where the other side counts it as reading: readings of the equity wait for it. */
export type CallKind = LimitKind | 'act'

/** At most so many calls in so much time. */
export interface CallLimit {
  readonly calls: number
  readonly perMs: number
}
export type CallLimits = Readonly<Record<LimitKind, CallLimit>>

/** We use so much of what the other side allows: people and other programs need the rest. */
const USED_PART = 0.8

/** Spreads calls so that a limit of the other side is kept with room to spare. Times are milliseconds of one clock. */
export class TokenBucket {
  readonly #capacity: number
  readonly #perMs: number
  #tokens: number
  #at: number
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor({ calls, perMs }: CallLimit, now: number) {
    // In a time of perMs there may be a full bucket and what flows in meanwhile: both together are what is used.
    const used = Math.max(1, calls * USED_PART)
    this.#capacity = Math.max(1, Math.floor(used / 2))
    // Times are rounded to milliseconds, which must not bring two calls closer together.
    this.#perMs = (used > this.#capacity ? used - this.#capacity : 1) / (perMs + 2)
    this.#tokens = this.#capacity
    this.#at = now
  }

  /** From one call to the next where they come all the time, milliseconds. */
  get msPerCall(): number {
    return 1 / this.#perMs
  }

  /** Takes a token. @returns how long to wait before the call, milliseconds */
  take(now: number): number {
    return this.#takeLeaving(0, now)
  }

  /** Takes a token for a call that leaves half of a full bucket to more urgent ones. @returns as {@link take} */
  takeLeavingHalf(now: number): number {
    return this.#takeLeaving(Math.floor(this.#capacity / 2), now)
  }

  #takeLeaving(left: number, now: number): number {
    this.#flow(now)
    this.#tokens -= 1
    const missing = this.#tokens >= left ? 0 : Math.ceil((left - this.#tokens) / this.#perMs)
    return Math.max(missing, this.#pausedUntil - now)
  }

  /** Gives a token back that was taken for a call that is not made. */
  giveBack(): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + 1)
  }

  /** The other side asks for patience. */
  pause(ms: number, now: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + ms)
  }

  #flow(now: number): void {
    const passed = Math.max(0, now - this.#at)
    this.#tokens = Math.min(this.#capacity, this.#tokens + passed * this.#perMs)
    this.#at = Math.max(this.#at, now)
  }
}

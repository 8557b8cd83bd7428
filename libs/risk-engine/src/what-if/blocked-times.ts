import type { Instant, LimitName } from '@drawbridge/contracts/pure'

/** A time in which entries were blocked by limits or operators. */
export interface BlockedTime {
  readonly from: Instant
  /** Null: it has not ended. */
  readonly to: Instant | null
  /** The limits that held it at its end; none: operators did. */
  readonly limits: readonly LimitName[]
  /** What the account gained in it, net of cash flows; below 0: what it lost. */
  readonly change: number
}

type Open = { readonly from: Instant; readonly limits: Set<LimitName>; change: number }

/** Follows the times in which entries are blocked. */
export class BlockedTimes {
  readonly #max: number
  readonly #closed: BlockedTime[] = []
  #open: Open | null = null
  #count = 0
  #ms = 0
  #saved = 0
  #missed = 0

  /** @param max so many are listed */
  constructor(max: number) {
    this.#max = max
  }

  get isBlocked(): boolean {
    return this.#open !== null
  }

  /** Counts a change of equity of the time that is open. */
  add(change: number): void {
    if (this.#open !== null) this.#open.change += change
  }

  /**
   * @param now since when entries are blocked, and by which limits; null: they are not
   * @param endedAt when the time ended that was open before
   * @param at the time of the event
   */
  follow(
    now: { readonly at: Instant; readonly limits: readonly LimitName[] } | null,
    endedAt: Instant,
    at: Instant,
  ): void {
    const open = this.#open
    // One that is as old goes on, also where enforcement was off between.
    const goesOn = open !== null && now !== null && now.at <= open.from
    if (open !== null && !goesOn) this.#close(open, Math.max(open.from, endedAt))
    if (now === null) return
    if (!goesOn) this.#begin(Math.max(now.at, this.#closed.at(-1)?.to ?? now.at), at)
    for (const limit of now.limits) this.#open?.limits.add(limit)
  }

  #begin(from: Instant, at: Instant): void {
    this.#count += 1
    this.#open = { from: Math.min(from, at), limits: new Set(), change: 0 }
  }

  #close({ from, limits, change }: Open, to: Instant): void {
    this.#open = null
    this.#ms += to - from
    if (change < 0) this.#saved -= change
    else this.#missed += change
    if (this.#closed.length < this.#max) this.#closed.push({ from, to, limits: [...limits], change })
  }

  /** @param now up to when a time that is open has lasted */
  report(now: Instant | null) {
    const open = this.#open
    const last = open === null ? [] : [{ from: open.from, to: null, limits: [...open.limits], change: open.change }]
    return {
      blocked: [...this.#closed, ...last] as readonly BlockedTime[],
      blockedCount: this.#count,
      blockedMs: this.#ms + (open === null ? 0 : Math.max(0, (now ?? open.from) - open.from)),
      saved: this.#saved + (open !== null && open.change < 0 ? -open.change : 0),
      missed: this.#missed + (open !== null && open.change > 0 ? open.change : 0),
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE_MAX_MS } from '../core/remedies.ts'
import { type CallKind, type CallLimits, type LimitKind, TokenBucket } from '../core/token-bucket.ts'

/** More than so many calls never wait at once: they would be outdated before their turn. */
const WAITING_MAX = 100
/** A call that would wait for longer is given up, with a reason for people, and tried again later. */
const WAIT_MAX_MS = 40_000

/** Keeps the limits of one other side. */
export class Pace {
  readonly #buckets: Readonly<Record<LimitKind, TokenBucket>>
  #waiting = 0

  constructor({ read, control }: CallLimits) {
    const now = performance.now()
    this.#buckets = { read: new TokenBucket(read, now), control: new TokenBucket(control, now) }
  }

  /** Returns when the call may be made; what acts does not wait for readings. @throws when the signal aborts before, too many calls wait, or the wait is long */
  async take(kind: CallKind, signal: AbortSignal): Promise<void> {
    if (this.#waiting >= WAITING_MAX) throw new Error(`${WAITING_MAX} calls wait for their turn already`)
    const bucket = this.#buckets[limitOf(kind)]
    const now = performance.now()
    const waitMs = kind === 'read' ? bucket.takeLeavingHalf(now) : bucket.take(now)
    if (waitMs <= 0) return
    if (waitMs > WAIT_MAX_MS) {
      bucket.giveBack()
      throw new Error(`the other side allows no call for another ${Math.ceil(waitMs / 1_000)} s`)
    }
    this.#waiting += 1
    try {
      await delay(waitMs, undefined, { signal })
    } catch (error) {
      bucket.giveBack()
      throw error
    } finally {
      this.#waiting -= 1
    }
  }

  /**
   * Makes no call of this limit for so long, but a minute at most: whoever blocks looks first, and must not wait for an hour
   * because the other side said so.
   */
  pause(kind: CallKind, ms: number): void {
    this.#buckets[limitOf(kind)].pause(Math.min(ms, PATIENCE_MAX_MS.control), performance.now())
  }
}

function limitOf(kind: CallKind): LimitKind {
  return kind === 'act' ? 'read' : kind
}

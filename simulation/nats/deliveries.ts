/** A message that was delivered and not acked. */
interface Pending {
  /** The consumer sequence of its newest delivery. */
  consumerSeq: number
  /** The start of the ack wait by the server's clock, milliseconds since 1970. */
  since: number
  /** How often it was delivered. */
  count: number
}

/** The deliveries of a consumer that are not acked, and those that are due again. */
export class Deliveries {
  readonly #ackWaitMs: number
  readonly #pending = new Map<number, Pending>()
  #again: number[] = []

  constructor(ackWaitMs: number) {
    this.#ackWaitMs = ackWaitMs
  }

  get size(): number {
    return this.#pending.size
  }

  get redelivered(): number {
    let count = 0
    for (const pending of this.#pending.values()) if (pending.count > 1) count += 1
    return count
  }

  /** The consumer and stream sequence below the first delivery that is not acked; null: all are acked. */
  get floor(): { readonly consumerSeq: number; readonly streamSeq: number } | null {
    if (this.#pending.size === 0) return null
    let consumerSeq = Number.POSITIVE_INFINITY
    let streamSeq = Number.POSITIVE_INFINITY
    for (const [seq, pending] of this.#pending) {
      consumerSeq = Math.min(consumerSeq, pending.consumerSeq - 1)
      streamSeq = Math.min(streamSeq, seq - 1)
    }
    return { consumerSeq, streamSeq }
  }

  /** Records a delivery. Returns how often the message has been delivered. */
  delivered(seq: number, consumerSeq: number, now: number): number {
    const known = this.#pending.get(seq)
    if (known === undefined) {
      this.#pending.set(seq, { consumerSeq, since: now, count: 1 })
      return 1
    }
    known.consumerSeq = consumerSeq
    known.since = now
    known.count += 1
    return known.count
  }

  /** Ends the deliveries of a message. Returns a function that undoes this; null: they had already ended. */
  settle(seq: number): (() => void) | null {
    const pending = this.#pending.get(seq)
    if (pending === undefined) return null
    this.#pending.delete(seq)
    if (this.#again.length > 0) this.#again = this.#again.filter((other) => other !== seq)
    return () => this.#pending.set(seq, pending)
  }

  /** A restarted server knows the times of deliveries only to the second. */
  restart(): void {
    for (const pending of this.#pending.values()) pending.since = Math.floor(pending.since / 1_000) * 1_000
  }

  /** Delivers it again: at once, or after the delay. */
  refuse(seq: number, delayMs: number, now: number): void {
    const pending = this.#pending.get(seq)
    if (pending === undefined) return
    if (delayMs > 0) pending.since = now - this.#ackWaitMs + delayMs
    else if (!this.#again.includes(seq)) this.#again.push(seq)
  }

  /** Its ack wait starts again. */
  extend(seq: number, now: number): void {
    const pending = this.#pending.get(seq)
    if (pending !== undefined) pending.since = now
  }

  /** The next message that is due again, in the order of becoming due. */
  takeAgain(): number | undefined {
    return this.#again.shift()
  }

  /** Marks deliveries with a passed ack wait as due, the oldest first. Returns when to check again, in milliseconds. */
  markOverdue(now: number): number {
    let nextMs = this.#ackWaitMs
    const overdue: number[] = []
    for (const [seq, pending] of this.#pending) {
      const elapsed = now - pending.since
      if (elapsed < this.#ackWaitMs) nextMs = Math.min(nextMs, this.#ackWaitMs - elapsed)
      else if (!this.#again.includes(seq)) overdue.push(seq)
    }
    for (const seq of overdue.sort((one, other) => one - other)) {
      this.extend(seq, now)
      this.#again.push(seq)
    }
    return nextMs
  }
}

/** A server writes the state of its consumers a moment later; in tests, a killed server lost this much. */
const UNWRITTEN_MAX_MS = 250

interface Change {
  /** By `performance.now()`. */
  readonly atMs: number
  readonly undo: () => void
}

/** The recent acks and deliveries of a consumer, which a killed server may lose. */
export class Unwritten {
  #changes: Change[] = []

  add(undo: () => void): void {
    const atMs = performance.now()
    if ((this.#changes[0]?.atMs ?? atMs) < atMs - 2 * UNWRITTEN_MAX_MS) this.#forgetOlderThan(UNWRITTEN_MAX_MS)
    this.#changes.push({ atMs, undo })
  }

  /** Undoes recent changes. @param share of the longest unwritten time, from 0 to 1 */
  undo(share: number): void {
    this.#forgetOlderThan(share * UNWRITTEN_MAX_MS)
    for (const { undo } of this.#changes.reverse()) undo()
    this.#changes = []
  }

  #forgetOlderThan(ageMs: number): void {
    const sinceMs = performance.now() - ageMs
    this.#changes = this.#changes.filter(({ atMs }) => atMs >= sinceMs)
  }
}

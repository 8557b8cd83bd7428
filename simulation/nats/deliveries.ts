/** A message that was delivered and not acked. */
interface Pending {
  /** The consumer sequence of its newest delivery. */
  consumerSeq: number
  /** By the server's clock, milliseconds since 1970: from then on the ack wait counts. */
  since: number
  /** How often it was delivered. */
  count: number
}

/** What a consumer with acks has delivered and not seen acked, and what of that is to be delivered again. */
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

  /** Below the first that is not acked: its consumer sequence and its stream sequence; null: none is open. */
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

  /** Notes a delivery. Gives how often the message was delivered by now. */
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

  /** It need not be delivered any more. Gives what makes that undone; null: it was so already. */
  settle(seq: number): (() => void) | null {
    const pending = this.#pending.get(seq)
    if (pending === undefined) return null
    this.#pending.delete(seq)
    if (this.#again.length > 0) this.#again = this.#again.filter((other) => other !== seq)
    return () => this.#pending.set(seq, pending)
  }

  /** A server that has started again knows the times of deliveries to the second only. */
  restart(): void {
    for (const pending of this.#pending.values()) pending.since = Math.floor(pending.since / 1_000) * 1_000
  }

  /** Delivers it again: at once, or that long from now. */
  refuse(seq: number, delayMs: number, now: number): void {
    const pending = this.#pending.get(seq)
    if (pending === undefined) return
    if (delayMs > 0) pending.since = now - this.#ackWaitMs + delayMs
    else if (!this.#again.includes(seq)) this.#again.push(seq)
  }

  /** Its ack wait begins anew. */
  extend(seq: number, now: number): void {
    const pending = this.#pending.get(seq)
    if (pending !== undefined) pending.since = now
  }

  /** The next that is to be delivered again, in the order in which that became due. */
  takeAgain(): number | undefined {
    return this.#again.shift()
  }

  /** Marks what waited for its ack for too long, the oldest first. Gives when to look again, in milliseconds. */
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

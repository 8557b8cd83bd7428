import type { StoredMessage } from './message.ts'
import type { Stream } from './stream.ts'

/**
 * What a replica that is not the leader knows of a stream, and answers direct reads from: each message some time after
 * the leader has stored it. It keeps nothing of its own but when that was.
 */
export class LaggingReplica {
  readonly #stream: Stream
  readonly #lagMs: number
  /** When the leader stored them, on the clock of the world; of the messages that it may not know yet. */
  #unknown: { readonly seq: number; readonly storedAt: number }[] = []

  constructor(stream: Stream, lagMs: number) {
    this.#stream = stream
    this.#lagMs = lagMs
  }

  /** The leader has stored a message. */
  stored({ seq }: StoredMessage): void {
    if (this.#lagMs > 0) this.#unknown.push({ seq, storedAt: performance.now() })
  }

  get(seq: number): StoredMessage | undefined {
    return seq > this.#lastSeq() ? undefined : this.#stream.get(seq)
  }

  /** The newest message on a subject that it knows of, wildcards allowed. */
  last(filter: string): StoredMessage | undefined {
    const lastSeq = this.#lastSeq()
    const newest = this.#stream.last(filter)
    if (newest === undefined || newest.seq <= lastSeq) return newest
    return this.#stream.lastUpTo(filter, lastSeq)
  }

  #lastSeq(): number {
    const before = performance.now() - this.#lagMs
    this.#unknown = this.#unknown.filter(({ storedAt }) => storedAt > before)
    return (this.#unknown[0]?.seq ?? this.#stream.lastSeq + 1) - 1
  }
}

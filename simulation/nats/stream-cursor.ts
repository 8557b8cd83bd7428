import { type ConsumerConfig, filtersOf } from './consumer-config.ts'
import { type Matcher, matcherOfAny } from './matching.ts'
import type { StoredMessage } from './message.ts'
import type { Stream } from './stream.ts'

/** How far a consumer has come in its stream. */
export class StreamCursor {
  readonly #stream: Stream
  readonly #matches: Matcher
  /** What is left of the newest messages of each subject, as they were when it began. */
  #snapshot: number[] = []
  /** From here on it goes through the stream. */
  #nextSeq: number
  #pending: number

  constructor(stream: Stream, config: ConsumerConfig) {
    this.#stream = stream
    this.#matches = matcherOfAny(filtersOf(config))
    this.#nextSeq = firstSeq(stream, config)
    if (config.deliver_policy === 'last_per_subject') {
      for (const [subject, { last }] of stream.subjects) if (this.#matches(subject)) this.#snapshot.push(last)
      this.#snapshot.sort((one, other) => one - other)
    }
    this.#pending = this.#snapshot.length
    for (let seq = this.#nextSeq; seq <= stream.lastSeq; seq += 1) {
      const message = stream.get(seq)
      if (message !== undefined && this.#matches(message.subject)) this.#pending += 1
    }
  }

  /** The stream sequence before the first that it may give. */
  get before(): number {
    return (this.#snapshot[0] ?? this.#nextSeq) - 1
  }

  /** How many messages are yet to come. */
  get pending(): number {
    return this.#pending
  }

  /** The next message; it is counted as given. */
  take(): StoredMessage | undefined {
    const message = this.#find()
    if (message !== undefined) this.#pending -= 1
    return message
  }

  /** Undoes the newest {@link take} that was not undone yet. */
  giveBack(seq: number): void {
    this.#nextSeq = seq
    if (this.#stream.get(seq) !== undefined) this.#pending += 1
  }

  /** The stream has stored a message. True: the consumer delivers it. The server also counts messages before the start. */
  stored({ subject }: StoredMessage): boolean {
    if (!this.#matches(subject)) return false
    this.#pending += 1
    return true
  }

  removed({ seq, subject }: StoredMessage): void {
    const ahead = seq >= this.#nextSeq ? this.#matches(subject) : this.#snapshot.includes(seq)
    if (ahead) this.#pending -= 1
    this.#snapshot = this.#snapshot.filter((other) => other !== seq)
  }

  #find(): StoredMessage | undefined {
    const kept = this.#snapshot.shift()
    if (kept !== undefined) return this.#stream.get(kept)
    while (this.#nextSeq <= this.#stream.lastSeq) {
      const message = this.#stream.get(this.#nextSeq)
      this.#nextSeq += 1
      if (message !== undefined && this.#matches(message.subject)) return message
    }
    return undefined
  }
}

function firstSeq(stream: Stream, { deliver_policy: policy, opt_start_seq: start = 1 }: ConsumerConfig): number {
  if (policy === 'all') return Math.max(1, stream.firstSeq)
  if (policy === 'by_start_sequence') return Math.max(1, start, stream.firstSeq)
  return stream.lastSeq + 1
}

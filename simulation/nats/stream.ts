import { type ApiError, apiErrors, millis, wrongLastSequence } from './api-format.ts'
import { LastByFilter } from './last-by-filter.ts'
import { matcherOfAny, transformOf } from './matching.ts'
import { type Message, NO_BYTES, parseHeaders, type StoredMessage } from './message.ts'
import type { StreamConfig } from './stream-config.ts'

/** What became of a message that was published to a stream. */
export type StoreOutcome =
  | { readonly kind: 'stored'; readonly message: StoredMessage; readonly previous: number }
  | { readonly kind: 'duplicate'; readonly seq: number }
  | { readonly kind: 'refused'; readonly error: ApiError }

const EXPECTED_SEQUENCE = 'Nats-Expected-Last-Subject-Sequence'
const EXPECTED_SUBJECT = 'Nats-Expected-Last-Subject-Sequence-Subject'
/** Headers that make a server do what the model does not do. */
const UNKNOWN_HEADERS = /^Nats-(Rollup|TTL|Schedul|Incr|Expected-Last-Msg-Id)/

/** A stream as one server keeps it: messages in order, the oldest removed when limits say so. */
export class Stream {
  readonly config: StreamConfig
  /** As the API answers it: tells one stream from another of the same name. */
  readonly created: string
  full = false
  readonly captures: (subject: string) => boolean
  readonly #now: () => number
  readonly #transform: (subject: string) => string
  #index = new LastByFilter()
  readonly #ids: MessageIds
  #onRemoved: (message: StoredMessage) => void = () => undefined
  #messages: StoredMessage[] = []
  #lastSeq = 0
  #bytes = 0
  #hasHoles = false

  constructor(config: StreamConfig, created: string, now: () => number) {
    this.config = config
    this.created = created
    this.#now = now
    this.captures = matcherOfAny(config.subjects)
    const { subject_transform: transform } = config
    this.#transform = transform === undefined ? (subject) => subject : transformOf(transform.src, transform.dest)
    this.#ids = new MessageIds(millis(config.duplicate_window))
  }

  get messages(): readonly StoredMessage[] {
    return this.#messages
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  get firstSeq(): number {
    return this.#messages[0]?.seq ?? (this.#lastSeq === 0 ? 0 : this.#lastSeq + 1)
  }

  get bytes(): number {
    return this.#bytes
  }

  get subjects(): ReadonlyMap<string, { readonly last: number; readonly count: number }> {
    return this.#index.subjects
  }

  onRemoved(action: (message: StoredMessage) => void): void {
    this.#onRemoved = action
  }

  get(seq: number): StoredMessage | undefined {
    const [first] = this.#messages
    if (first === undefined) return undefined
    const there = this.#messages[seq - first.seq]
    if (there?.seq === seq) return there
    return this.#hasHoles ? this.#messages.find((message) => message.seq === seq) : undefined
  }

  /** The newest message on a subject, wildcards allowed. */
  last(filter: string): StoredMessage | undefined {
    return this.get(this.#index.last(filter))
  }

  /** Checks in the order of the real server with one replica: the expectation, the message id, the limits. */
  store({ subject: published, headers: headerBytes, data }: Message): StoreOutcome {
    const time = this.#now()
    this.removeOld()
    const headers = parseHeaders(headerBytes)
    const subject = this.#transform(published)
    const error = this.#contradiction(subject, headers)
    if (error !== null) return { kind: 'refused', error }
    const id = headers.get('Nats-Msg-Id') ?? ''
    const original = id === '' ? null : this.#ids.find(id, time)
    if (original !== null) return { kind: 'duplicate', seq: original }
    const message: StoredMessage = { seq: this.#lastSeq + 1, subject, time, headers, headerBytes, data }
    const noRoom = this.#lackOfRoom(sizeOf(message))
    if (noRoom !== null) return { kind: 'refused', error: noRoom }
    const previous = this.#index.last(subject)
    this.#lastSeq = message.seq
    this.#messages.push(message)
    this.#bytes += sizeOf(message)
    this.#index.added(subject, message.seq)
    if (id !== '') this.#ids.add(id, message.seq, time)
    this.#makeRoom()
    return { kind: 'stored', message, previous }
  }

  /** Stores all messages of a batch, each checked against what the stream held before the batch, or none. */
  storeBatch(messages: readonly Message[]): readonly StoreOutcome[] {
    this.removeOld()
    let size = 0
    for (const { subject: published, headers: headerBytes, data } of messages) {
      const [subject, headers] = [this.#transform(published), parseHeaders(headerBytes)]
      const error = this.#contradiction(subject, headers)
      if (error !== null) return [{ kind: 'refused', error }]
      size += sizeOf({ seq: 0, subject, time: 0, headers, headerBytes, data })
    }
    const noRoom = this.#lackOfRoom(size, messages.length)
    return noRoom === null ? messages.map((message) => this.store(message)) : [{ kind: 'refused', error: noRoom }]
  }

  /** The disk loses messages. The stream ends at the last one that is left. */
  lose(isLost: (message: StoredMessage) => boolean): void {
    this.#messages = this.#messages.filter((message) => !isLost(message))
    this.#lastSeq = this.#messages.at(-1)?.seq ?? 0
    this.#hasHoles = true
    this.#bytes = 0
    this.#index = new LastByFilter()
    for (const message of this.#messages) {
      this.#bytes += sizeOf(message)
      this.#index.added(message.subject, message.seq)
    }
  }

  /** Removes what is older than the stream keeps it. */
  removeOld(): void {
    if (this.config.max_age === 0) return
    const oldest = this.#now() - millis(this.config.max_age)
    this.#removeWhile((message) => message.time <= oldest)
  }

  #contradiction(subject: string, headers: ReadonlyMap<string, string>): ApiError | null {
    if (headers.size === 0) return null
    for (const name of headers.keys()) {
      if (UNKNOWN_HEADERS.test(name)) throw new Error(`the simulated server does not know the header ${name}`)
    }
    const stream = headers.get('Nats-Expected-Stream')
    if (stream !== undefined && stream !== this.config.name) return apiErrors.otherStream
    const lastSeq = headers.get('Nats-Expected-Last-Sequence')
    if (lastSeq !== undefined && wholeNumber(lastSeq) !== this.#lastSeq) return wrongLastSequence(this.#lastSeq)
    const ofSubject = headers.get(EXPECTED_SEQUENCE)
    if (ofSubject === undefined) return null
    const last = this.#index.last(headers.get(EXPECTED_SUBJECT) ?? subject)
    return wholeNumber(ofSubject) === last ? null : wrongLastSequence(last)
  }

  #lackOfRoom(size: number, count = 1): ApiError | null {
    const { max_msgs: messagesMax, max_bytes: bytesMax, discard } = this.config
    if (this.full) return apiErrors.maximumBytes
    if (discard === 'old') return null
    if (messagesMax > 0 && this.#messages.length + count > messagesMax) return apiErrors.maximumMessages
    if (bytesMax > 0 && this.#bytes + size > bytesMax) return apiErrors.maximumBytes
    return null
  }

  #makeRoom(): void {
    const { max_msgs: messagesMax, max_bytes: bytesMax } = this.config
    if (messagesMax > 0) this.#removeWhile(() => this.#messages.length > messagesMax)
    if (bytesMax > 0) this.#removeWhile(() => this.#bytes > bytesMax)
  }

  #removeWhile(tooMuch: (message: StoredMessage) => boolean): void {
    for (let [first] = this.#messages; first !== undefined && tooMuch(first); [first] = this.#messages) {
      this.#messages.shift()
      this.#bytes -= sizeOf(first)
      this.#index.removedOldest(first.subject, first.seq)
      this.#onRemoved(first)
    }
  }
}

/** What it takes in the real server's file, bytes. */
function sizeOf({ subject, headerBytes, data }: StoredMessage): number {
  const headers = headerBytes === NO_BYTES || headerBytes.length === 0 ? 0 : headerBytes.length + 4
  return 30 + Buffer.byteLength(subject) + headers + data.length
}

/** Anything else than digits fits no sequence. */
function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : -1
}

/** The ids of messages that were stored lately. */
class MessageIds {
  readonly #windowMs: number
  readonly #ids = new Map<string, { readonly seq: number; readonly time: number }>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** The sequence of the message that was stored with the id within the window; null: none. */
  find(id: string, now: number): number | null {
    this.#forget(now)
    const known = this.#ids.get(id)
    return known === undefined ? null : known.seq
  }

  add(id: string, seq: number, time: number): void {
    this.#ids.set(id, { seq, time })
  }

  /** In the order of storing: the first that is young enough ends it, as in the real server. */
  #forget(now: number): void {
    for (const [id, { time }] of this.#ids) {
      if (now - time < this.#windowMs) return
      this.#ids.delete(id)
    }
  }
}

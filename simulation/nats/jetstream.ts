import { type ApiError, apiErrors, NO_TIME, rfc3339 } from './api-format.ts'
import { Batches, type BatchOutcome } from './batches.ts'
import { Consumer, type ConsumerHost } from './consumer.ts'
import { type ConsumerConfig, consumerConfigOf, isEphemeral } from './consumer-config.ts'
import { matcherOf } from './matching.ts'
import { asBuffer, type Message, NO_BYTES, type StoredMessage, withHeaders } from './message.ts'
import { type StoreOutcome, Stream } from './stream.ts'
import { type StreamConfig, streamConfigOf, subjectsOverlap } from './stream-config.ts'

/** What JetStream needs of the server that it is a part of. */
export interface JetStreamHost {
  now(): number
  listens(subject: string): boolean
  /** Sends a message to who listens to `subject`, which need not be the message's own. */
  send(subject: string, message: Message): void
  turn(work: () => void): void
  stored(stream: string, message: StoredMessage): void
}

interface KeptStream {
  readonly stream: Stream
  readonly batches: Batches
  readonly consumers: Map<string, Consumer>
}

type Answer = { readonly error: ApiError } | Readonly<Record<string, unknown>>
type Body = Readonly<Record<string, unknown>>

const API = '$JS.API.'
const ACK = '$JS.ACK.'

/** Streams and consumers, and the API by which clients use them. */
export class JetStream {
  readonly #host: JetStreamHost
  /** Whether it answers who wants a new consumer. */
  makesConsumers = true
  readonly #streams = new Map<string, KeptStream>()
  #creations = 0

  constructor(host: JetStreamHost) {
    this.#host = host
  }

  stream(name: string): Stream {
    const kept = this.#streams.get(name)
    if (kept === undefined) throw new Error(`the simulated server has no stream ${name}`)
    return kept.stream
  }

  /** Takes a message that is for JetStream. False: it is not. */
  take(message: Message): boolean {
    const { subject } = message
    if (subject.startsWith('$JS.')) return this.#request(message)
    for (const kept of this.#streams.values()) {
      if (!kept.stream.captures(subject)) continue
      this.#store(kept, message)
      return true
    }
    return false
  }

  /** The server dies: what is not in a file is lost, and what is not yet. */
  stop(random: () => number): void {
    for (const { batches, consumers } of this.#streams.values()) {
      batches.forget()
      for (const [name, consumer] of consumers) {
        consumer.kill(random())
        if (consumer.config.mem_storage === true) consumers.delete(name)
      }
    }
  }

  start(): void {
    for (const { consumers } of this.#streams.values()) for (const consumer of consumers.values()) consumer.resume()
  }

  #store(kept: KeptStream, message: Message): void {
    const { stream, batches } = kept
    if (Batches.has(message))
      this.#takeOfBatch(kept, message, batches.take(message, stream.config.allow_atomic === true))
    else this.#tell(kept, message, stream.store(message))
  }

  #takeOfBatch(kept: KeptStream, message: Message, batch: BatchOutcome): void {
    if (batch.kind === 'refused') this.#tell(kept, message, batch)
    if (batch.kind !== 'complete') return
    const { id, messages } = batch
    for (const [index, outcome] of kept.stream.storeBatch(messages).entries()) {
      // The last message alone is answered, or the first that is refused.
      const isAnswered = index === messages.length - 1 || outcome.kind === 'refused'
      this.#tell(kept, { ...message, reply: isAnswered ? message.reply : '' }, outcome, {
        batch: id,
        count: messages.length,
      })
    }
  }

  #tell({ stream, consumers }: KeptStream, message: Message, outcome: StoreOutcome, more: object = {}): void {
    const { name, republish } = stream.config
    if (outcome.kind !== 'stored') {
      const { error, seq } = outcome.kind === 'refused' ? { error: outcome.error, seq: 0 } : { ...outcome, error: null }
      this.#answer(message, error === null ? { stream: name, seq, duplicate: true } : { error, stream: name, seq })
      return
    }
    const { message: stored, previous } = outcome
    this.#host.stored(name, stored)
    if (republish !== undefined) this.#republish(stream.config, stored, previous)
    this.#answer(message, { stream: name, seq: stored.seq, ...more })
    for (const consumer of consumers.values()) consumer.stored(stored)
  }

  loseConsumers(name: string): void {
    this.makesConsumers = false
    for (const consumer of this.#streams.get(name)?.consumers.values() ?? []) {
      if (isEphemeral(consumer.config)) consumer.lose()
    }
  }

  #republish({ name, republish }: StreamConfig, stored: StoredMessage, previous: number): void {
    if (republish === undefined || republish.src !== republish.dest) {
      throw new Error('the simulated server republishes under the same subject only')
    }
    if (!matcherOf(republish.src)(stored.subject) || !this.#host.listens(stored.subject)) return
    const headers = withHeaders(stored.headerBytes, {
      'Nats-Stream': name,
      'Nats-Subject': stored.subject,
      'Nats-Sequence': stored.seq,
      'Nats-Time-Stamp': rfc3339(stored.time),
      'Nats-Last-Sequence': previous,
    })
    this.#host.send(stored.subject, { subject: stored.subject, reply: '', headers, data: stored.data })
  }

  #request(message: Message): boolean {
    const { subject } = message
    if (subject.startsWith(ACK)) {
      this.#acknowledge(message)
      return true
    }
    if (!subject.startsWith(API)) return false
    const [area = '', verb = '', ...rest] = subject.slice(API.length).split('.')
    if (area === 'CONSUMER' && verb === 'MSG') return this.#pull(rest, message)
    // Nobody answers direct reads, as no stream allows them.
    if (area === 'DIRECT') return false
    const body = textOf(message.data)
    const name = area === 'INFO' ? 'account_info' : `${area}_${verb}`.toLowerCase()
    const answer = this.#ask(`${area}.${verb}`, rest, body === '' ? {} : (JSON.parse(body) as Body), message)
    if (answer !== null) this.#answer(message, { type: `io.nats.jetstream.api.v1.${name}_response`, ...answer })
    return true
  }

  /** Null: it has answered already. */
  #ask(call: string, names: readonly string[], body: Body, message: Message): Answer | null {
    const [streamName = '', consumerName = ''] = names
    switch (call) {
      case 'INFO.':
        return { memory: 0, storage: 0, streams: this.#streams.size, consumers: 0, limits: {}, api: {} }
      case 'STREAM.CREATE':
        return this.#createStream(body)
      case 'STREAM.MSG':
        return this.#askForMessage(names, body, message)
    }
    const kept = this.#streams.get(streamName)
    if (kept === undefined) return { error: apiErrors.streamNotFound }
    switch (call) {
      case 'STREAM.INFO':
        return { total: 0, offset: 0, limit: 0, ...this.#streamInfo(kept, body.subjects_filter) }
      case 'STREAM.DELETE':
        this.#streams.delete(streamName)
        this.#answer(message, { type: 'io.nats.jetstream.api.v1.stream_delete_response', success: true })
        for (const consumer of kept.consumers.values()) consumer.delete()
        return null
      case 'STREAM.PURGE':
        if (kept.stream.config.deny_purge) return { error: apiErrors.purgeNotPermitted, purged: 0 }
        break
      case 'CONSUMER.CREATE':
      case 'CONSUMER.DURABLE':
        return this.makesConsumers ? this.#createConsumer(kept, body.config as Body) : null
      case 'CONSUMER.INFO':
        return infoOf(kept.consumers.get(consumerName))
      case 'CONSUMER.DELETE': {
        const consumer = kept.consumers.get(consumerName)
        if (consumer === undefined) return { error: apiErrors.consumerNotFound }
        kept.consumers.delete(consumerName)
        this.#answer(message, { type: 'io.nats.jetstream.api.v1.consumer_delete_response', success: true })
        consumer.delete()
        return null
      }
    }
    throw new Error(`the simulated server does not know ${message.subject}`)
  }

  #createStream(body: Body): Answer {
    const config = streamConfigOf(body)
    const known = this.#streams.get(config.name)
    if (known !== undefined) {
      const same = JSON.stringify(sorted(known.stream.config)) === JSON.stringify(sorted(config))
      return same ? this.#streamInfo(known, undefined) : { error: apiErrors.streamNameInUse }
    }
    for (const { stream } of this.#streams.values()) {
      if (subjectsOverlap(stream.config.subjects, config.subjects)) return { error: apiErrors.subjectsOverlap }
    }
    const stream = new Stream(config, this.#creationTime(), () => this.#host.now())
    const kept = { stream, batches: new Batches(), consumers: new Map() }
    stream.onRemoved((message) => {
      for (const consumer of kept.consumers.values()) consumer.removed(message)
    })
    this.#streams.set(config.name, kept)
    return { ...this.#streamInfo(kept, undefined), did_create: true }
  }

  /** No two are the same, as with the real server's nanoseconds. */
  #creationTime(): string {
    this.#creations += 1
    return rfc3339(this.#host.now()).replace('5Z', `5${String(this.#creations).padStart(5, '0')}Z`)
  }

  #streamInfo({ stream, consumers }: KeptStream, filter: unknown): Answer {
    stream.removeOld()
    const { config, created, messages, firstSeq, lastSeq, bytes } = stream
    const timeOf = (message: StoredMessage | undefined) => (message === undefined ? NO_TIME : rfc3339(message.time))
    const subjects = typeof filter === 'string' ? subjectCounts(stream, filter) : null
    const state = {
      messages: messages.length,
      bytes,
      first_seq: firstSeq,
      first_ts: timeOf(messages[0]),
      last_seq: lastSeq,
      last_ts: timeOf(messages.at(-1)),
      ...(stream.subjects.size > 0 ? { num_subjects: stream.subjects.size } : {}),
      ...(subjects === null ? {} : { subjects }),
      consumer_count: consumers.size,
    }
    const total = subjects === null ? {} : { total: Object.keys(subjects).length, limit: 100_000 }
    return { ...total, config, created, state, ts: rfc3339(this.#host.now()) }
  }

  #askForMessage([verb, name = '']: readonly string[], body: Body, { subject }: Message): Answer {
    const stream = this.#streams.get(name)?.stream
    if (stream === undefined) return { error: apiErrors.streamNotFound }
    if (verb === 'DELETE' && stream.config.deny_delete) return { error: apiErrors.deleteNotPermitted }
    if (verb !== 'GET') throw new Error(`the simulated server does not know ${subject}`)
    stream.removeOld()
    const { seq, last_by_subj: last } = body
    if (typeof seq !== 'number' && typeof last !== 'string') return { error: apiErrors.badRequest }
    const found = typeof last === 'string' ? stream.last(last) : stream.get(Number(seq))
    if (found === undefined) return { error: apiErrors.messageNotFound }
    const headers = found.headerBytes.length === 0 ? {} : { hdrs: asBuffer(found.headerBytes).toString('base64') }
    const data = found.data.length === 0 ? {} : { data: asBuffer(found.data).toString('base64') }
    return { message: { subject: found.subject, seq: found.seq, ...headers, ...data, time: rfc3339(found.time) } }
  }

  #createConsumer({ stream, consumers }: KeptStream, request: Body): Answer {
    const config: ConsumerConfig = consumerConfigOf(request)
    const { name } = config
    const known = consumers.get(name)
    if (known !== undefined) {
      const same = JSON.stringify(sorted(known.config)) === JSON.stringify(sorted(config))
      return same ? known.info() : { error: apiErrors.consumerExists }
    }
    const host: ConsumerHost = {
      now: () => this.#host.now(),
      listens: (inbox) => this.#host.listens(inbox),
      send: (inbox, message) => this.#host.send(inbox, message),
      turn: (work) => this.#host.turn(work),
      expire: () => {
        consumers.get(name)?.delete()
        consumers.delete(name)
      },
    }
    stream.removeOld()
    const consumer = new Consumer(config, rfc3339(this.#host.now()), stream, host)
    consumers.set(name, consumer)
    return consumer.info()
  }

  #pull([next, streamName = '', consumerName = '']: readonly string[], { reply, data }: Message): boolean {
    const kept = this.#streams.get(streamName)
    const consumer = next === 'NEXT' ? kept?.consumers.get(consumerName) : undefined
    if (consumer === undefined) return false
    kept?.stream.removeOld()
    consumer.pull(reply, textOf(data))
    return true
  }

  #acknowledge({ subject, reply, data }: Message): void {
    const [stream = '', consumer = '', , streamSeq] = subject.slice(ACK.length).split('.')
    this.#streams.get(stream)?.consumers.get(consumer)?.acknowledge(Number(streamSeq), textOf(data))
    if (reply !== '') this.#host.send(reply, { subject: reply, reply: '', headers: NO_BYTES, data: NO_BYTES })
  }

  #answer({ reply }: Message, answer: Answer): void {
    if (reply === '') return
    const data = Buffer.from(JSON.stringify(answer))
    this.#host.send(reply, { subject: reply, reply: '', headers: NO_BYTES, data })
  }
}

/** Null: there is no answer. */
function infoOf(consumer: Consumer | undefined): Answer | null {
  if (consumer === undefined) return { error: apiErrors.consumerNotFound }
  return consumer.isLost ? null : consumer.info()
}

function subjectCounts(stream: Stream, filter: string): Readonly<Record<string, number>> {
  const matches = matcherOf(filter)
  const counts: Record<string, number> = {}
  for (const [subject, { count }] of stream.subjects) if (matches(subject)) counts[subject] = count
  return counts
}

/** Without what the client gives back as the server told it. */
function sorted(config: object): object {
  const settings = Object.entries(config).filter(([name]) => name !== 'metadata')
  return Object.fromEntries(settings.sort(([one], [other]) => (one < other ? -1 : 1)))
}

function textOf(data: Uint8Array): string {
  return asBuffer(data).toString('utf8')
}

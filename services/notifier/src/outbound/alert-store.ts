import type { AcknowledgementRecord, ChannelHealth } from '@drawbridge/contracts'
import { type Delivery, headerNames, notifierStreams, type Silence, subjects, toJsonBytes } from '@drawbridge/contracts'
import { isWrongLastSequence, lastMessage, lastSeqOf, readStream, type StreamMessage } from '@drawbridge/nats'
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { type AlertBook, EMPTY_BOOK } from '../core/alert-book.ts'

const WITHIN_MS = 5_000

/** Somebody else has written: another notifier works. */
export class TakenOverError extends Error {
  override readonly name = 'TakenOverError'
}

/** Everything that a notifier knows when it begins. */
export interface Remembered {
  readonly books: ReadonlyMap<string, AlertBook>
  readonly silences: readonly Silence[]
  /** When each stream was created that is read, by its name. */
  readonly logs: Readonly<Record<string, string>>
  /** The health of each channel that was told last, removed ones excepted. */
  readonly channels: ReadonlyMap<string, ChannelHealth>
}

/** The memory of the notifier: a stream, so that a database that is away silences nothing. */
export class AlertStore {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #client: JetStreamClient
  /** Where each subject was last written. */
  readonly #seqs = new Map<string, number>()

  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection
    this.#manager = manager
    this.#client = jetstream(connection, { timeout: WITHIN_MS })
  }

  /** Reads what counts, however many deliveries are recorded beside it. */
  async load(): Promise<Remembered> {
    this.#seqs.clear()
    const to = await lastSeqOf(this.#connection, notifierStreams.alerts)
    const books = new Map<string, AlertBook>()
    for await (const message of this.#newestOf(subjects.alerts('*'), to)) {
      books.set(message.subject.slice(BOOKS.length), { ...EMPTY_BOOK, ...message.json<Partial<AlertBook>>() })
      this.#seqs.set(message.subject, message.seq)
    }
    const channels = new Map<string, ChannelHealth>()
    for await (const message of this.#newestOf(subjects.channelHealth('*'), to)) {
      const health = message.json<ChannelHealth>()
      if (health.state !== 'removed') channels.set(message.subject.slice(CHANNELS.length), health)
    }
    const silences = (await this.#read<readonly Silence[]>(subjects.silences)) ?? []
    const logs = (await this.#read<Readonly<Record<string, string>>>(subjects.notifierLogs)) ?? {}
    return { books, silences, logs, channels }
  }

  async *#newestOf(filter: string, to: number): AsyncGenerator<StreamMessage, void, void> {
    const range = { stream: notifierStreams.alerts, from: 1, to, newestOnly: true, filterSubjects: [filter] }
    for await (const chunk of readStream(this.#connection, range)) yield* chunk
  }

  async #read<T>(subject: string): Promise<T | null> {
    const found = await lastMessage(this.#manager, notifierStreams.alerts, subject)
    if (found === null) return null
    this.#seqs.set(subject, found.seq)
    return found.json<T>()
  }

  /** @param trader its subject token */
  saveBook(trader: string, book: AlertBook): Promise<void> {
    return this.#replace(subjects.alerts(trader), book)
  }

  saveSilences(silences: readonly Silence[]): Promise<void> {
    return this.#replace(subjects.silences, silences)
  }

  saveLogs(logs: Readonly<Record<string, string>>): Promise<void> {
    return this.#replace(subjects.notifierLogs, logs)
  }

  async record(delivery: Delivery): Promise<void> {
    await this.#client.publish(subjects.delivery(delivery.id), toJsonBytes(delivery))
  }

  async recordAcknowledgement(record: AcknowledgementRecord): Promise<void> {
    const { trader, version, alert } = record
    await this.#client.publish(subjects.acknowledgement(trader, version, alert), toJsonBytes(record))
  }

  async isRecorded(tellingId: string): Promise<boolean> {
    return (await lastMessage(this.#manager, notifierStreams.alerts, subjects.delivery(tellingId))) !== null
  }

  async tellHealth(channel: string, health: ChannelHealth): Promise<void> {
    await this.#client.publish(subjects.channelHealth(channel), toJsonBytes(health))
  }

  /** @throws TakenOverError if it is not what we know */
  async #replace(subject: string, content: object): Promise<void> {
    const described = headers()
    described.set(headerNames.expectedLastSubjectSequence, String(this.#seqs.get(subject) ?? 0))
    try {
      const { seq } = await this.#client.publish(subject, toJsonBytes(content), { headers: described })
      this.#seqs.set(subject, seq)
    } catch (error) {
      if (!isWrongLastSequence(error)) throw error
      throw new TakenOverError(`${subject} was written by another notifier`, { cause: error })
    }
  }
}

const BOOKS = subjects.alerts('')
const CHANNELS = subjects.channelHealth('')

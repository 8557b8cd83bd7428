import type { AcknowledgementRecord, ChannelHealth } from '@drawbridge/contracts'
import { type Delivery, headerNames, notifierStreams, type Silence, subjects, toJsonBytes } from '@drawbridge/contracts'
import { isWrongLastSequence, lastMessage, lastSeqOf, readStream } from '@drawbridge/nats'
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

  async load(): Promise<Remembered> {
    const books = new Map<string, AlertBook>()
    let silences: readonly Silence[] = []
    let logs: Readonly<Record<string, string>> = {}
    const channels = new Map<string, ChannelHealth>()
    this.#seqs.clear()
    const to = await lastSeqOf(this.#connection, notifierStreams.alerts)
    const range = {
      stream: notifierStreams.alerts,
      from: 1,
      to,
      newestOnly: true,
      filterSubjects: [subjects.alertsAll],
    }
    for await (const chunk of readStream(this.#connection, range)) {
      for (const message of chunk) {
        if (message.subject.startsWith(CHANNELS)) {
          const health = message.json<ChannelHealth>()
          if (health.state !== 'removed') channels.set(message.subject.slice(CHANNELS.length), health)
          continue
        }
        if (message.subject === subjects.silences) silences = message.json<readonly Silence[]>()
        else if (message.subject === subjects.notifierLogs) logs = message.json<Readonly<Record<string, string>>>()
        else if (message.subject.startsWith(BOOKS))
          books.set(message.subject.slice(BOOKS.length), { ...EMPTY_BOOK, ...message.json<Partial<AlertBook>>() })
        else continue
        this.#seqs.set(message.subject, message.seq)
      }
    }
    return { books, silences, logs, channels }
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

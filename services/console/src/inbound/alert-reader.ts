import {
  type AcknowledgementRecord,
  type ChannelHealth,
  type Delivery,
  type Instant,
  notifierStreams,
  type Silence,
  subjects,
} from '@drawbridge/contracts'
import { isStreamMissing, lastMessage, newestOfEach } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'
import { AlertBooks, type OpenAlert, openAlertsOf } from './alert-books.ts'

/** A notifier renews its lease every 1.5 s; the clocks of servers differ a little. */
const HEARD_WITHIN_MS = 15_000

export type NamedChannel = ChannelHealth & { readonly name: string }

export interface HeardNotifier {
  /** Whether one was heard lately. */
  readonly works: boolean
  /** Null: never. */
  readonly heardAt: Instant | null
}

/** Reads what the notifier remembers. Null: there is none on this NATS. */
export class AlertReader {
  readonly #manager: JetStreamManager
  readonly #books: AlertBooks

  constructor(manager: JetStreamManager) {
    this.#manager = manager
    this.#books = new AlertBooks(manager)
  }

  /** The notifier that last renewed the lease by which one of them works. */
  async notifier(): Promise<HeardNotifier> {
    const found = await lastMessage(this.#manager, notifierStreams.alerts, subjects.notifierLease)
    if (found === null) return { works: false, heardAt: null }
    const heardAt = found.time.getTime()
    const { isFree } = found.json<{ readonly isFree: boolean }>()
    return { works: !isFree && Date.now() - heardAt < HEARD_WITHIN_MS, heardAt }
  }

  /** Those that settings name, as the notifier that began last had read them. */
  async channels(): Promise<readonly NamedChannel[] | null> {
    const read = await this.#all<ChannelHealth>(subjects.channelHealth('*'))
    const channels = read?.map(([subject, health]) => ({ name: lastToken(subject), ...health }))
    return channels?.filter(({ state }) => state !== 'removed') ?? null
  }

  /** The open alerts of all traders. */
  alerts(): Promise<readonly OpenAlert[] | null> {
    return nullWithoutStream(() => this.#books.alerts())
  }

  /** @param trader its subject token */
  alertsOf(trader: string): Promise<readonly OpenAlert[] | null> {
    return nullWithoutStream(async () => {
      const found = await lastMessage(this.#manager, notifierStreams.alerts, subjects.alerts(trader))
      return found === null ? [] : openAlertsOf(found)
    })
  }

  /** Those in force. */
  async silences(): Promise<readonly Silence[]> {
    const found = await lastMessage(this.#manager, notifierStreams.alerts, subjects.silences)
    const silences = found?.json<readonly Silence[]>() ?? []
    return silences.filter(({ until }) => until > Date.now())
  }

  /** What is recorded of the messages about an event. */
  async deliveries(trader: string, version: number): Promise<readonly Delivery[] | null> {
    const read = await this.#all<Delivery>(subjects.deliveriesOf(trader, version))
    return read?.map(([, delivery]) => delivery).toSorted((a, b) => a.at - b.at) ?? null
  }

  /** Who acknowledged what was told of an event. */
  async acknowledgements(trader: string, version: number): Promise<readonly AcknowledgementRecord[]> {
    const read = await this.#all<AcknowledgementRecord>(subjects.acknowledgementsOf(trader, version))
    return read?.map(([, record]) => record) ?? []
  }

  #all<T>(filter: string): Promise<readonly (readonly [subject: string, value: T])[] | null> {
    return nullWithoutStream(async () => {
      const newest = await newestOfEach(this.#manager, notifierStreams.alerts, filter)
      return newest.flatMap(([subject, message]) => (message === null ? [] : [[subject, message.json<T>()] as const]))
    })
  }
}

async function nullWithoutStream<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (isStreamMissing(error)) return null
    throw error
  }
}

function lastToken(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1)
}

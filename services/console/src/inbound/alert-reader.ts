import {
  type AcknowledgementRecord,
  type ChannelHealth,
  type Delivery,
  type Instant,
  type Notice,
  notifierStreams,
  type Silence,
  subjects,
} from '@drawbridge/contracts'
import { isStreamMissing, lastMessage, Semaphore } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'

/** So many subjects of one kind are read at most. */
const READ_MAX = 500
const READS_AT_A_TIME = 32
/** A notifier renews its lease every 1.5 s; the clocks of servers differ a little. */
const HEARD_WITHIN_MS = 15_000

/** What the notifier remembers of one alert. */
interface RememberedAlert {
  readonly key: string
  readonly openedAt: Instant
  readonly toldAt: Instant | null
  readonly repeated: number
  readonly isSilenced: boolean
  readonly acknowledged: { readonly by: string; readonly at: Instant } | null
  /** What was told last of it. */
  readonly notice: Pick<Notice, 'kind' | 'severity' | 'version'>
}

/** An alert that goes on. */
export interface OpenAlert extends RememberedAlert {
  /** Its subject token: that of faults is no trader. */
  readonly trader: string
}

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
  readonly #reads = new Semaphore(READS_AT_A_TIME)

  constructor(manager: JetStreamManager) {
    this.#manager = manager
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

  /** @param trader its subject token; all of them if not given */
  async alerts(trader = '*'): Promise<readonly OpenAlert[] | null> {
    const read = await this.#all<{ readonly alerts: readonly RememberedAlert[] }>(subjects.alerts(trader))
    return (
      read?.flatMap(([subject, { alerts }]) => alerts.map((one) => ({ ...one, trader: lastToken(subject) }))) ?? null
    )
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

  async #all<T>(filter: string): Promise<readonly (readonly [subject: string, value: T])[] | null> {
    try {
      const { state } = await this.#manager.streams.info(notifierStreams.alerts, { subjects_filter: filter })
      const names = Object.keys(state.subjects ?? {})
        .sort()
        .slice(0, READ_MAX)
      const found = await Promise.all(
        names.map((name) => this.#reads.run(() => lastMessage(this.#manager, notifierStreams.alerts, name))),
      )
      return found.flatMap((message) => (message === null ? [] : [[message.subject, message.json<T>()] as const]))
    } catch (error) {
      if (isStreamMissing(error)) return null
      throw error
    }
  }
}

function lastToken(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1)
}

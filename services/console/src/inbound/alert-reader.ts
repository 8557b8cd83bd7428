import { type ChannelHealth, type Delivery, notifierStreams, type Silence, subjects } from '@drawbridge/contracts'
import { isStreamMissing, lastMessage, Semaphore } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'

/** So many subjects of one kind are read at most. */
const READ_MAX = 500
const READS_AT_A_TIME = 32

/** What the notifier remembers of one alert. */
export interface OpenAlert {
  readonly key: string
  readonly openedAt: number
  readonly repeated: number
  readonly isSilenced: boolean
  readonly acknowledged: { readonly by: string; readonly at: number } | null
  readonly notice: { readonly severity: string; readonly version: number }
}

/** Reads what the notifier remembers. Null: there is none on this NATS. */
export class AlertReader {
  readonly #manager: JetStreamManager
  readonly #reads = new Semaphore(READS_AT_A_TIME)

  constructor(manager: JetStreamManager) {
    this.#manager = manager
  }

  async channels(): Promise<readonly (ChannelHealth & { readonly name: string })[] | null> {
    const read = await this.#all<ChannelHealth>(subjects.channelHealth('*'))
    return read?.map(([subject, health]) => ({ name: lastToken(subject), ...health })) ?? null
  }

  async alerts(): Promise<readonly (OpenAlert & { readonly trader: string })[] | null> {
    const read = await this.#all<{ readonly alerts: readonly OpenAlert[] }>(subjects.alerts('*'))
    return (
      read?.flatMap(([subject, { alerts }]) => alerts.map((one) => ({ trader: lastToken(subject), ...one }))) ?? null
    )
  }

  async silences(): Promise<readonly Silence[]> {
    const found = await lastMessage(this.#manager, notifierStreams.alerts, subjects.silences)
    return found?.json<readonly Silence[]>() ?? []
  }

  async deliveries(trader: string, version: number): Promise<readonly Delivery[] | null> {
    const read = await this.#all<Delivery>(subjects.deliveriesOf(trader, version))
    return read?.map(([, delivery]) => delivery) ?? null
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

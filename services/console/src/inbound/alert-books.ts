import { type Instant, type Notice, notifierStreams, subjects } from '@drawbridge/contracts'
import { messagesFrom, nextMessage, Semaphore } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'

/** What the notifier remembers of one alert. */
export interface RememberedAlert {
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

interface Book {
  readonly seq: number
  readonly alerts: readonly OpenAlert[]
}

const FILTER = subjects.alerts('*')

/**
 * The open alerts of all traders. A book stays in the stream after its alerts are over, so there is one of every trader
 * that ever had an alert: each is read once, and then again only when it has changed.
 */
export class AlertBooks {
  readonly #manager: JetStreamManager
  readonly #oneAtATime = new Semaphore(1)
  readonly #books = new Map<string, Book>()
  #created: string | null = null
  #readTo = 0

  constructor(manager: JetStreamManager) {
    this.#manager = manager
  }

  /**
   * As the stream has them when this is called.
   * @throws if the stream does not exist, or NATS does not answer
   */
  alerts(): Promise<readonly OpenAlert[]> {
    return this.#oneAtATime.run(async () => {
      await this.#catchUp()
      return [...this.#books.values()].flatMap(({ alerts }) => alerts)
    })
  }

  async #catchUp(): Promise<void> {
    const { created, state } = await this.#manager.streams.info(notifierStreams.alerts)
    if (created !== this.#created || state.last_seq < this.#readTo) {
      this.#books.clear()
      this.#readTo = 0
      this.#created = created
    }
    for (const [subject, { seq }] of this.#books) if (seq < state.first_seq) this.#books.delete(subject)
    if (state.last_seq === this.#readTo) return
    const stream = notifierStreams.alerts
    const first = await nextMessage(this.#manager, stream, FILTER, this.#readTo + 1)
    for await (const message of messagesFrom(this.#manager, stream, FILTER, first)) {
      this.#books.set(message.subject, { seq: message.seq, alerts: openAlertsOf(message) })
      this.#readTo = message.seq
    }
    this.#readTo = Math.max(this.#readTo, state.last_seq)
  }
}

/** The alerts that a book has. */
export function openAlertsOf(message: { readonly subject: string; json<T>(): T }): readonly OpenAlert[] {
  const trader = message.subject.slice(subjects.alerts('').length)
  const { alerts } = message.json<{ readonly alerts: readonly RememberedAlert[] }>()
  return alerts.map((one) => ({ ...one, trader }))
}

import {
  type Acknowledgement,
  type Instant,
  SILENCES_MAX,
  type Silence,
  type Telling,
  type TraderId,
} from '@drawbridge/contracts'
import { acknowledge, type Meant } from './core/acknowledge.ts'
import { type AlertBook, EMPTY_BOOK, isEmpty, isFaultKey } from './core/alert-book.ts'
import type { AlertRules, Surroundings } from './core/alert-rules.ts'
import { nextDue, passTime } from './core/pass-time.ts'
import { type Decided, type Happened, takeNotices } from './core/take-notices.ts'
import type { AlertStore, Remembered } from './outbound/alert-store.ts'
import type { NoticeQueue } from './outbound/notice-queue.ts'

export interface DeskParts {
  readonly store: Pick<AlertStore, 'saveBook' | 'saveLogs' | 'saveSilences' | 'recordAcknowledgement'>
  readonly queue: Pick<NoticeQueue, 'put'>
  readonly rules: AlertRules
  readonly tagsOf: (trader: string) => readonly string[]
  readonly now: () => Instant
}

/** An alert that goes on. */
export interface OpenAlert {
  /** Subject token. */
  readonly trader: string
  readonly key: string
  /** The version of what was told last of it. */
  readonly version: number
  /** Null: nobody has acknowledged it. */
  readonly acknowledged: Acknowledgement | null
}

/**
 * Knows all alerts, and changes them one step after another. A step is decided, then what it tells is put where channels find
 * it, then the book is kept: a notifier that is killed in between tells the same again, under the same ids.
 */
export class AlertDesk {
  readonly #parts: DeskParts
  readonly #books: Map<string, AlertBook>
  #silences: readonly Silence[]
  #logs: Readonly<Record<string, string>>
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: DeskParts, remembered: Remembered) {
    this.#parts = parts
    this.#books = new Map(remembered.books)
    this.#silences = remembered.silences
    this.#logs = remembered.logs
  }

  /** How many alerts go on, and how many of these nobody has acknowledged. */
  get counts(): { readonly open: number; readonly waiting: number } {
    const alerts = [...this.#books.values()].flatMap((book) => book.alerts)
    return { open: alerts.length, waiting: alerts.filter(({ acknowledged }) => acknowledged === null).length }
  }

  /** Alerts that go on. */
  get open(): readonly OpenAlert[] {
    return [...this.#books].flatMap(([trader, { alerts }]) =>
      alerts.map(({ key, notice, acknowledged }) => ({ trader, key, version: notice.version, acknowledged })),
    )
  }

  /** @param trader its subject token */
  take(trader: string, happened: Happened): Promise<void> {
    return this.#inTurn(async () => {
      const book = this.#books.get(trader) ?? EMPTY_BOOK
      await this.#keep(trader, book, takeNotices(book, happened, this.#surroundings(trader)))
    })
  }

  /** Remembers which log a stream is, so that the next notifier sees it when another one has taken its place. */
  readsLog(stream: string, created: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#logs[stream] === created) return
      const logs = { ...this.#logs, [stream]: created }
      await this.#parts.store.saveLogs(logs)
      this.#logs = logs
    })
  }

  /** Guardians judge by this log, and it has all that it continues: ends what is of another log, and is not in it. */
  forgetOtherLogs(log: string): Promise<void> {
    const happened = {
      version: null,
      log,
      at: Date.parse(log),
      notices: [],
      stillBlocked: 'no-reading',
      goesOn: isFaultKey,
    } as const
    return this.#inTurn(async () => {
      for (const [trader, book] of [...this.#books]) {
        if (book.log === log || book.alerts.every(({ key }) => isFaultKey(key))) continue
        // An older notifier kept no log: then it is this one, whose events may come again.
        const ofThis = { book: { ...book, log, version: 0 }, tellings: [] }
        await this.#keep(
          trader,
          book,
          book.log === null ? ofThis : takeNotices(book, happened, this.#surroundings(trader)),
        )
      }
    })
  }

  /** Tells what is due. Returns when something is due next; null: nothing is. */
  passTime(): Promise<Instant | null> {
    return this.#inTurn(async () => {
      let next: Instant | null = null
      for (const [trader, book] of [...this.#books]) {
        if (isEmpty(book)) continue
        const surroundings = this.#surroundings(trader)
        const decided = passTime(book, surroundings)
        await this.#keep(trader, book, decided)
        const due = nextDue(decided.book, surroundings)
        if (due !== null && (next === null || due < next)) next = due
      }
      return next
    })
  }

  /** Keeps who it was. Returns the keys of the alerts that were waiting for it. */
  acknowledge(trader: string, meant: Meant, by: string): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const before = this.#books.get(trader) ?? EMPTY_BOOK
      const how = { by, at: this.#parts.now() }
      const { book, alerts } = acknowledge(before, meant, how)
      for (const { key, notice } of alerts) {
        await this.#parts.store.recordAcknowledgement({ ...how, trader, version: notice.version, alert: key })
      }
      await this.#keep(trader, before, { book, tellings: [] })
      return alerts.map(({ key }) => key)
    })
  }

  /** Keeps alerts from being told. The oldest of too many ends. */
  silence(silence: Silence): Promise<void> {
    return this.#setSilences([...this.#silences.filter(({ id }) => id !== silence.id), silence].slice(-SILENCES_MAX))
  }

  endSilence(id: string): Promise<void> {
    return this.#setSilences(this.#silences.filter((silence) => silence.id !== id))
  }

  #setSilences(silences: readonly Silence[]): Promise<void> {
    return this.#inTurn(async () => {
      const current = silences.filter(({ until }) => until > this.#parts.now())
      await this.#parts.store.saveSilences(current)
      this.#silences = current
    })
  }

  async #keep(trader: string, before: AlertBook, { book, tellings }: Decided): Promise<void> {
    await this.#put(tellings)
    // A version alone need not be kept: an event that comes again tells the same under the same ids.
    if (book !== before && !(isEmpty(book) && isEmpty(before))) {
      await this.#parts.store.saveBook(trader, book)
      this.#books.set(trader, book)
    }
  }

  async #put(tellings: readonly Telling[]): Promise<void> {
    if (tellings.length > 0) await this.#parts.queue.put(tellings)
  }

  #surroundings(trader: TraderId): Surroundings {
    const { rules, tagsOf, now } = this.#parts
    return { now: now(), rules, silences: this.#silences, tags: tagsOf(trader) }
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last.then(step)
    this.#last = result.catch(() => undefined)
    return result
  }
}

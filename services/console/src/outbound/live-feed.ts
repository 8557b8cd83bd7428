import type { TraderId } from '@drawbridge/contracts'
import type { Fleet, FleetMember } from '../core/fleet.ts'
import { type LiveBegin, type LivePulse, liveMessage, liveMessageOf } from '../core/live-messages.ts'
import type { FeedListener, LoggedEvent } from '../inbound/risk-feed.ts'

/** Where a page is written to: a stream that says when it is full. */
export interface LiveListener {
  readonly writableNeedDrain: boolean
  write(bytes: Uint8Array): boolean
  once(event: 'drain' | 'close', listener: () => void): unknown
  destroy(): unknown
}

export interface LiveFeedSettings {
  /** How long changes are gathered before they are sent, milliseconds. */
  readonly gatherMs: number
  /** A page that reads nothing for this long is cut, milliseconds; it comes again and gets everything. */
  readonly drainWithinMs: number
}
export const LIVE_DEFAULTS: LiveFeedSettings = { gatherMs: 100, drainWithinMs: 10_000 }

const PULSE_MS = 1_000
/** So many traders are in a message. */
const ROWS_MAX = 500

interface Page {
  readonly listener: LiveListener
  /** All changes up to this one are sent. */
  sentUpTo: number
  isComplete: boolean
  /** Since when it has to be drained; null: it takes more. */
  fullSince: number | null
}

/**
 * Sends the fleet to all pages from the one reading of the risk log. Nothing is queued for a page: it is only known up to
 * which change it has been sent, and one that lags gets the newest state of what has changed since. So a page that begins, one
 * that lags and one that was cut are served alike, and a page of 500 events a second costs as much as its traders.
 */
export class LiveFeed implements FeedListener {
  readonly #fleet: Fleet
  readonly #begin: () => LiveBegin
  readonly #pulse: (newest: LivePulse['newest']) => LivePulse
  readonly #settings: LiveFeedSettings
  readonly #pages = new Set<Page>()
  /** When each trader changed, counted in changes, the oldest change first. */
  readonly #changedAt = new Map<TraderId, number>()
  /** A summary is written out once, for however many pages; it is gone with the summary. */
  readonly #texts = new WeakMap<FleetMember, string>()
  #change = 0
  /** The change up to which a page that lags nothing has been sent. */
  #flushedUpTo = 0
  #newest: LivePulse['newest'] = null
  readonly #timers: readonly NodeJS.Timeout[]

  constructor(
    fleet: Fleet,
    begin: () => LiveBegin,
    pulse: (newest: LivePulse['newest']) => LivePulse,
    settings: LiveFeedSettings = LIVE_DEFAULTS,
  ) {
    this.#fleet = fleet
    this.#begin = begin
    this.#pulse = pulse
    this.#settings = settings
    this.#timers = [setInterval(() => this.#flush(), settings.gatherMs), setInterval(() => this.#sendPulse(), PULSE_MS)]
  }

  get pages(): number {
    return this.#pages.size
  }

  onEvent({ isTrader, log, seq }: LoggedEvent): void {
    this.#newest = { seq, at: Date.now() }
    if (!isTrader) return
    this.#change += 1
    // Set again, it becomes the last of the map.
    this.#changedAt.delete(log)
    this.#changedAt.set(log, this.#change)
  }

  onRestart(): void {
    this.#changedAt.clear()
    for (const page of this.#pages) {
      page.sentUpTo = this.#change
      page.isComplete = false
      this.#write(page, bytesOf(liveMessage('begin', this.#begin())))
    }
  }

  add(listener: LiveListener): void {
    const page: Page = { listener, sentUpTo: 0, isComplete: false, fullSince: null }
    this.#pages.add(page)
    listener.once('close', () => this.#pages.delete(page))
    this.#write(page, bytesOf(`retry: 1000\n\n${liveMessage('begin', this.#begin())}${this.#pulseMessage()}`))
    this.#catchUp(page)
  }

  /** Safe to repeat. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const { listener } of this.#pages) listener.destroy()
  }

  #flush(): void {
    const from = this.#flushedUpTo
    this.#flushedUpTo = this.#change
    let shared: Uint8Array | null = null
    for (const page of this.#pages) {
      if (page.fullSince !== null) this.#cutIfStuck(page)
      else if (!page.isComplete || page.sentUpTo !== from) this.#catchUp(page)
      else if (from !== this.#change) {
        shared ??= this.#tradersMessage(this.#changedSince(from, Number.POSITIVE_INFINITY).members)
        page.sentUpTo = this.#change
        this.#write(page, shared)
      }
    }
  }

  /** Sends what a page lacks, until it has all or is full. */
  #catchUp(page: Page): void {
    while (page.fullSince === null && page.sentUpTo < this.#change) {
      const { members, upTo } = this.#changedSince(page.sentUpTo, ROWS_MAX)
      page.sentUpTo = upTo
      this.#write(page, this.#tradersMessage(members))
    }
    const { isCurrent } = this.#pulse(this.#newest)
    if (page.fullSince !== null || page.isComplete || !isCurrent) return
    page.isComplete = true
    this.#write(page, bytesOf(liveMessage('complete', { traders: this.#fleet.size })))
  }

  #changedSince(since: number, max: number): { readonly members: readonly FleetMember[]; readonly upTo: number } {
    const members: FleetMember[] = []
    for (const [id, change] of this.#changedAt) {
      if (change <= since) continue
      const member = this.#fleet.get(id)
      if (member !== null) members.push(member)
      if (members.length === max) return { members, upTo: change }
    }
    return { members, upTo: this.#change }
  }

  #sendPulse(): void {
    const message = bytesOf(this.#pulseMessage())
    for (const page of this.#pages) if (page.fullSince === null) this.#write(page, message)
  }

  #pulseMessage(): string {
    return liveMessage('pulse', this.#pulse(this.#newest))
  }

  #tradersMessage(members: readonly FleetMember[]): Uint8Array {
    return bytesOf(liveMessageOf('traders', `[${members.map((member) => this.#textOf(member)).join(',')}]`))
  }

  #textOf(member: FleetMember): string {
    const known = this.#texts.get(member)
    if (known !== undefined) return known
    const text = JSON.stringify(member)
    this.#texts.set(member, text)
    return text
  }

  #write(page: Page, bytes: Uint8Array): void {
    if (page.listener.write(bytes) || page.fullSince !== null) return
    page.fullSince = performance.now()
    page.listener.once('drain', () => {
      page.fullSince = null
      this.#catchUp(page)
    })
  }

  #cutIfStuck({ listener, fullSince }: Page): void {
    if (fullSince !== null && performance.now() - fullSince > this.#settings.drainWithinMs) listener.destroy()
  }
}

/** The same bytes go to all pages. */
function bytesOf(text: string): Uint8Array {
  return Buffer.from(text)
}

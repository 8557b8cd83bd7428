import type { ChannelHealth } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { Attempt } from './core/retry.ts'
import type { AlertStore } from './outbound/alert-store.ts'

export interface ToldHealthParts {
  readonly channel: { readonly name: string; readonly kind: ChannelHealth['kind'] }
  readonly store: Pick<AlertStore, 'tellHealth'>
  /** What an earlier notifier told last of the channel; absent: nothing. */
  readonly told?: ChannelHealth | undefined
  readonly log: Logger
  readonly now: () => number
}

/** How a channel does, as the console, the metrics and the log are told. */
export class ToldHealth {
  readonly #parts: ToldHealthParts
  #value: ChannelHealth
  /** Why its readers are not heard; null: they are, or nobody listens. */
  #unheard: string | null = null

  constructor(parts: ToldHealthParts) {
    this.#parts = parts
    const { kind } = parts.channel
    const untried = { kind, state: 'untried', since: parts.now(), reason: null, waiting: 0 } as const
    const { state, since, lastSentAt = null } = parts.told ?? {}
    // What failed before may be mended by now.
    this.#value = { ...untried, ...(state === 'ok' && since !== undefined ? { state, since } : {}), lastSentAt }
  }

  get value(): ChannelHealth {
    return this.#value
  }

  tell(): Promise<void> {
    return this.#parts.store.tellHealth(this.#parts.channel.name, this.#value)
  }

  /** How many notices wait for the channel. It is told with whatever is told next. */
  setWaiting(waiting: number): void {
    this.#set({ waiting })
  }

  /** The secret that was missing can be read. */
  async secretIsThere(): Promise<void> {
    if (this.#value.state !== 'shut-out') return
    this.#set({ state: 'untried', reason: null, since: this.#parts.now() })
    await this.tell()
  }

  /** The channel may send well while nobody hears who taps there. @param reason why that lasts; null: it is over */
  async setUnheard(reason: string | null): Promise<void> {
    const { channel, log, now } = this.#parts
    const wasUnheard = this.#value.reason === this.#unheardReason
    this.#unheard = reason
    if (reason !== null && (this.#value.state === 'ok' || this.#value.state === 'untried')) {
      log.warn({ channel: channel.name, reason }, 'taps on buttons are not heard')
      this.#set({ state: 'failing', reason: this.#unheardReason, since: now() })
    } else if (reason === null && this.#value.state === 'failing' && wasUnheard) {
      log.info({ channel: channel.name }, 'taps on buttons are heard again')
      const state = this.#value.lastSentAt === null ? 'untried' : 'ok'
      this.#set({ state, reason: null, since: now() })
    } else return
    await this.tell()
  }

  get #unheardReason(): string | null {
    return this.#unheard === null ? null : `taps on its buttons are not heard: ${this.#unheard}`
  }

  /** A message was sent. @param missed who did not get it; null: everybody got it */
  setSent(missed: string | null): void {
    const { channel, log, now } = this.#parts
    const reason = missed ?? this.#unheardReason
    const state = reason === null ? 'ok' : 'failing'
    if (missed !== null) log.warn({ channel: channel.name, reason: missed }, 'not everybody got a message')
    else if (reason === null && (this.#value.state === 'failing' || this.#value.state === 'shut-out'))
      log.info({ channel: channel.name }, 'the channel works again')
    const isNew = this.#value.state !== state
    this.#set({ state, reason, lastSentAt: now(), ...(isNew ? { since: now() } : {}) })
  }

  /** A message was given up after it was tried. */
  setLost(reason: string): void {
    const since = this.#value.state === 'failing' ? this.#value.since : this.#parts.now()
    this.#set({ state: 'failing', reason: `a message is lost: ${reason}`, since })
  }

  /** A message could not be sent, and is tried again. Tells it if it is news. @param waiting how many notices wait by now */
  async setFailing(
    { kind, reason }: Extract<Attempt, { kind: 'failed' | 'shut-out' }>,
    waiting: number,
  ): Promise<void> {
    const { channel, log, now } = this.#parts
    const before = this.#value
    const state = kind === 'failed' ? 'failing' : 'shut-out'
    const isNew = before.state !== state || before.reason !== reason
    this.#set({ state, reason, waiting, ...(before.state === state ? {} : { since: now() }) })
    if (isNew) {
      log.warn(
        { channel: channel.name, reason },
        state === 'failing'
          ? 'a message could not be sent; trying again'
          : 'the channel refuses us; mend its address or secret',
      )
    }
    if (isNew || waiting !== before.waiting) await this.tell()
  }

  #set(changes: Partial<ChannelHealth>): void {
    this.#value = { ...this.#value, ...changes }
  }
}

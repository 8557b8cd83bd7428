import {
  decodeSettled,
  headerNames,
  isConfiguration,
  parseEventSubject,
  type SettledEvent,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { Backoff, followStream, type StreamMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { LogName } from '../core/command.ts'

/** A stored message of the risk log. */
export interface LoggedEvent {
  /** Stream sequence. */
  readonly seq: number
  readonly log: LogName
  readonly isTrader: boolean
  /** The type of a trader's event, or the kind of a configuration event. */
  readonly type: string
  readonly data: Uint8Array
  /** Empty if it has none. */
  readonly traceparent: string
  /** The guardian that stored it; empty if it is not named. */
  readonly guardian: string
}

export interface FeedListener {
  onEvent(event: LoggedEvent): void
  /** The next messages are from another log, or from the beginning of the same one: forget what was known. */
  onRestart(): void
}

const LOOK_EVERY_MS = 10_000

/**
 * Follows the whole risk log: the newest event of each subject, then every new one. It starts again after an error, and
 * when the log was replaced by another one.
 */
export class RiskFeed {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #listeners: readonly FeedListener[]
  readonly #log: Logger
  readonly #lookEveryMs: number
  readonly #stopping = new AbortController()
  #current = Promise.withResolvers<void>()
  #isCurrent = false
  #created: string | null = null
  #restart: () => void = () => undefined
  #bound: SettledEvent | null = null

  /** @param lookEveryMs how often it checks whether the log is still the same one */
  constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    listeners: readonly FeedListener[],
    log: Logger,
    lookEveryMs = LOOK_EVERY_MS,
  ) {
    this.#connection = connection
    this.#manager = manager
    this.#listeners = listeners
    this.#log = log
    this.#lookEveryMs = lookEveryMs
  }

  /** Whether everything that the log held when the following began is known. */
  get isCurrent(): boolean {
    return this.#isCurrent
  }

  /** Resolves when {@link isCurrent}; never if it is stopped before. */
  get current(): Promise<void> {
    return this.#current.promise
  }

  /** Added to a stream sequence to get the input sequence. */
  get inputsOffset(): number {
    return this.#bound?.inputsOffset ?? 0
  }

  /** The sequence of an input; null: not known, as INPUTS or RISK was recreated and is not adopted yet. */
  async inputSeqOf(streamSeq: number): Promise<number | null> {
    const bound = this.#bound
    if (bound === null || bound.adopting === true) return null
    const names = [streams.inputs, streams.risk]
    const infos = await Promise.all(names.map((name) => this.#manager.streams.info(name).catch(() => null)))
    const [inputs, risk] = infos.map((info) => info?.created)
    return inputs === bound.inputsCreated && risk === this.#created ? streamSeq + (bound.inputsOffset ?? 0) : null
  }

  start(): void {
    const look = setInterval(() => void this.#look(), this.#lookEveryMs)
    this.#stopping.signal.addEventListener('abort', () => clearInterval(look))
    void this.#run()
  }

  /** Safe to repeat. */
  stop(): void {
    this.#stopping.abort()
    this.#restart()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const backoff = new Backoff(100, 5_000)
    while (!signal.aborted) {
      try {
        await this.#follow()
      } catch (error) {
        if (!signal.aborted) this.#log.warn({ err: error }, 'following the risk log failed; starting again')
      }
      if (this.#isCurrent) this.#current = Promise.withResolvers()
      this.#isCurrent = false
      await backoff.wait(signal)
    }
  }

  /** Ends when it can no longer follow, and when it must restart. */
  async #follow(): Promise<void> {
    const over = Promise.withResolvers<void>()
    over.promise.catch(() => undefined)
    this.#restart = over.resolve
    if (this.#stopping.signal.aborted) return
    this.#created = (await this.#manager.streams.info(streams.risk)).created
    this.#bound = null
    for (const listener of this.#listeners) listener.onRestart()
    const follower = await followStream(this.#connection, {
      stream: streams.risk,
      start: 'last-per-subject',
      onMessage: (message) => this.#take(message),
      onLost: over.reject,
    })
    try {
      await Promise.race([follower.caughtUp, over.promise])
      this.#isCurrent = true
      this.#current.resolve()
      await over.promise
    } finally {
      follower.stop()
    }
  }

  #take(message: StreamMessage): void {
    const event = loggedEvent(message)
    if (event !== null) {
      for (const listener of this.#listeners) listener.onEvent(event)
      return
    }
    if (message.subject !== subjects.config('settled')) return
    const settled = decodeSettled(message.data)
    if (settled.ok) this.#bound = settled.value
  }

  /** Checks whether the log is still the one that is followed. */
  async #look(): Promise<void> {
    if (!this.#isCurrent) return
    const known = this.#created
    // No answer proves nothing; the following recovers by itself.
    const info = await this.#manager.streams.info(streams.risk).catch(() => null)
    if (info === null || info.created === known || this.#created !== known) return
    this.#log.warn({ from: known, to: info.created }, 'the risk log was replaced by another one; starting again')
    this.#restart()
  }
}

/** A message that operators see; null: any other. */
export function loggedEvent(message: Pick<StreamMessage, 'seq' | 'subject' | 'data' | 'headers'>): LoggedEvent | null {
  const address = parseEventSubject(message.subject)
  if (address.kind === 'unknown' || (address.kind === 'config' && !isConfiguration(address.config))) return null
  const isTrader = address.kind === 'trader'
  return {
    seq: message.seq,
    log: isTrader ? address.trader : (address.config as LogName),
    isTrader,
    type: isTrader ? (message.subject.split('.')[1] ?? '') : address.config,
    data: message.data,
    traceparent: message.headers?.get(headerNames.traceparent) ?? '',
    guardian: message.headers?.get(headerNames.guardian) ?? '',
  }
}

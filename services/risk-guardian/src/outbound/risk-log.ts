import {
  type ConfigEvent,
  encodeConfigEvent,
  encodeSettled,
  type SettledEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { Backoff, eventHeaders, lastMessage, WRONG_LAST_SEQUENCE } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import type { RiskTail } from '../inbound/risk-tail.ts'
import { EventGoneError, RiskLogDamagedError } from '../log-errors.ts'
import type { LogWatch } from '../log-watch.ts'
import type { Message, Publish, Publisher, PublishOutcome } from './publisher.ts'

interface RiskLogParts {
  readonly publisher: Publisher
  readonly manager: JetStreamManager
  /** Names this guardian in what it writes. */
  readonly name: string
  /** Gives what each event carries. */
  readonly watermark: { carry(): number }
  readonly watch: LogWatch
  readonly tail: RiskTail
  readonly stopping: AbortSignal
  readonly log: Logger
}

/** What became of an event. */
export type AppendOutcome =
  /** The last event at this stream sequence, those before it in front of it. */
  | { readonly kind: 'stored'; readonly seq: number }
  /** The log ends elsewhere than expected, or where it ends is not known: read it before going on. */
  | { readonly kind: 'read-again' }

/** Hears once what became of an event. */
export interface AppendListener {
  onAppended(outcome: AppendOutcome): void
  onError(error: unknown): void
}

/** An event on its way into the log. */
export interface Entry {
  readonly subject: string
  /** The trace that it belongs to; empty: none. */
  readonly traceparent: string
  encode(): Uint8Array
}

/** Where a batch was refused, events are stored one at a time for so long. */
const BATCHES_AGAIN_AFTER_MS = 60_000

interface AppendParts extends RiskLogParts {
  /** Events that the stream has no room for. */
  readonly withoutRoom: Set<Append>
  /** An id that no batch has had. */
  readonly nextBatch: () => string
  readonly onBatchesRefused: (description: string) => void
}

/** The end of the risk log: where a guardian appends. */
export class RiskLog {
  readonly #parts: AppendParts
  #batches = 0
  /** When a batch was last refused, by `performance.now()`. */
  #refusedAt = Number.NEGATIVE_INFINITY

  constructor(parts: RiskLogParts) {
    this.#parts = {
      ...parts,
      withoutRoom: new Set(),
      nextBatch: () => {
        this.#batches += 1
        // NATS takes ids of up to 64 characters. The end of a name is what tells guardians apart.
        return `${parts.name.slice(-40)}-${this.#batches}`
      },
      onBatchesRefused: (description) => {
        this.#refusedAt = performance.now()
        parts.log.warn({ description }, 'the risk log takes no batches of events; storing one at a time')
      },
    }
  }

  /** True while the stream is full: an operator must raise its limits. */
  get full(): boolean {
    return this.#parts.withoutRoom.size > 0
  }

  /** Whether several events of a trader can be appended at once. */
  get takesBatches(): boolean {
    return this.#parts.watch.allowsBatches && performance.now() - this.#refusedAt > BATCHES_AGAIN_AFTER_MS
  }

  /**
   * Appends events of one trader if the trader's log still ends at `lastSeq` (0: empty): all of them, one after another,
   * or none. Several only if {@link takesBatches}.
   */
  append(events: readonly Entry[], trader: TraderId, lastSeq: number, listener: AppendListener): void {
    this.#append(events, subjects.traderLog(trader), lastSeq, listener)
  }

  appendConfiguration(event: ConfigEvent, lastSeq: number, traceparent: string): Promise<AppendOutcome> {
    return this.#appendConfig(event.kind, () => encodeConfigEvent(event), lastSeq, traceparent)
  }

  appendSettled(event: SettledEvent, lastSeq: number): Promise<AppendOutcome> {
    return this.#appendConfig('settled', () => encodeSettled(event), lastSeq, '')
  }

  /** The last event on a subject, from the stream's leader. Waits while NATS does not answer. */
  async last(subject: string): Promise<StoredMsg | null> {
    const { manager, stopping, log } = this.#parts
    const backoff = new Backoff(50, 2_000)
    for (;;) {
      try {
        return await lastMessage(manager, streams.risk, subject)
      } catch (error) {
        if (stopping.aborted) throw error
        log.warn({ err: error, subject }, 'the risk log cannot be read; trying again')
        await backoff.wait(stopping)
      }
    }
  }

  #appendConfig(
    kind: ConfigEvent['kind'] | 'settled',
    encode: () => Uint8Array,
    lastSeq: number,
    traceparent: string,
  ): Promise<AppendOutcome> {
    const entries = [{ subject: subjects.outConfig(kind), encode, traceparent }]
    return new Promise((resolve, reject) =>
      this.#append(entries, subjects.config(kind), lastSeq, { onAppended: resolve, onError: reject }),
    )
  }

  #append(entries: readonly Entry[], logSubject: string, lastSeq: number, listener: AppendListener): void {
    this.#parts.publisher.publish(new Append(entries, logSubject, lastSeq, this.#parts, listener))
  }
}

/** Error codes of a server that cannot answer now: expectation not ready, no leader, too many waiting, a batch that broke off. */
const NOT_NOW: ReadonlySet<number> = new Set([10_158, 10_163, 10_008, 10_009, 10_118, 10_167, 10_176, 10_210])
/** Error codes of a stream, account or server that is full: store failed (a limit reached), resources, storage. */
const FULL: ReadonlySet<number> = new Set([10_077, 10_002, 10_023, 10_047, 10_028])
/** Error code of a stream that is closed for good: an operator repairs it. */
const SEALED = 10_109

const ALONE: readonly Message[] = []

/**
 * Events on their way into the risk log; they are published again where that helps, which may take long while the stream
 * has no room. No promise is made for events that are stored at once: one costs as much as the decision.
 */
class Append implements Publish {
  readonly subject: string
  readonly #entries: readonly Entry[]
  readonly #last: Entry
  /** The filter whose last message is expected at `lastSeq` (0: none). */
  readonly #logSubject: string
  readonly #lastSeq: number
  readonly #parts: AppendParts
  readonly #listener: AppendListener
  /** The batch of this try. */
  #batch = ''

  constructor(
    entries: readonly Entry[],
    logSubject: string,
    lastSeq: number,
    parts: AppendParts,
    listener: AppendListener,
  ) {
    this.#entries = entries
    this.#last = entries[entries.length - 1] as Entry
    this.subject = this.#last.subject
    this.#logSubject = logSubject
    this.#lastSeq = lastSeq
    this.#parts = parts
    this.#listener = listener
  }

  before(): readonly Message[] {
    if (this.#entries.length === 1) return ALONE
    this.#batch = this.#parts.nextBatch()
    return this.#entries.slice(0, -1).map((entry, index) => ({
      subject: entry.subject,
      headers: () => this.#headersOf(entry, index + 1),
      payload: () => entry.encode(),
    }))
  }

  headers(): string {
    return this.#headersOf(this.#last, this.#entries.length)
  }

  #headersOf({ traceparent }: Entry, place: number): string {
    const { watermark, name } = this.#parts
    const { length } = this.#entries
    const batch = length === 1 ? null : { id: this.#batch, place, isLast: place === length }
    return eventHeaders(this.#logSubject, this.#lastSeq, watermark.carry(), name, traceparent, batch)
  }

  payload(): Uint8Array {
    return this.#last.encode()
  }

  onOutcome(outcome: PublishOutcome): void {
    if (outcome.kind === 'stored') this.#listener.onAppended(this.#stored(outcome))
    else {
      this.#publishOn(outcome).then(
        (appended) => this.#listener.onAppended(appended),
        (error: unknown) => this.#listener.onError(error),
      )
    }
  }

  onError(error: unknown): void {
    this.#listener.onError(error)
  }

  async #publishOn(first: PublishOutcome): Promise<AppendOutcome> {
    const { withoutRoom, onBatchesRefused, stopping, log } = this.#parts
    const backoff = new Backoff(50, 2_000)
    let outcome = first
    try {
      while (outcome.kind !== 'stored') {
        if (outcome.kind === 'unknown') return this.#readAgain()
        if (outcome.kind === 'overwrote') {
          throw new EventGoneError(outcome.seq - 1, outcome.knownSeq, this.#logSubject)
        }
        if (outcome.kind === 'refused') {
          const { code, description } = outcome
          if (WRONG_LAST_SEQUENCE.has(code)) return this.#readAgain()
          if (code === SEALED) throw new RiskLogDamagedError({ kind: 'sealed', stream: streams.risk })
          if (FULL.has(code)) {
            if (withoutRoom.size === 0) {
              log.error({ code, description }, 'the risk log is full: raise its limits; nothing is lost meanwhile')
            }
            withoutRoom.add(this)
          } else if (!NOT_NOW.has(code)) {
            if (this.#entries.length === 1) {
              throw new Error(`the risk log refused an event on ${this.subject}: ${description} (${code})`)
            }
            onBatchesRefused(description)
            return this.#readAgain()
          }
        }
        if (stopping.aborted) return this.#readAgain()
        await backoff.wait(stopping)
        outcome = await this.#publishOnce()
      }
      return this.#stored(outcome)
    } finally {
      withoutRoom.delete(this)
    }
  }

  #publishOnce(): Promise<PublishOutcome> {
    return new Promise((resolve, reject) => {
      this.#parts.publisher.publish({
        subject: this.subject,
        before: () => this.before(),
        headers: () => this.headers(),
        payload: () => this.payload(),
        onOutcome: resolve,
        onError: reject,
      })
    })
  }

  #stored<T extends { readonly seq: number }>(outcome: T): T {
    const { watch, tail } = this.#parts
    watch.knows(outcome.seq)
    for (let seq = outcome.seq - this.#entries.length + 1; seq <= outcome.seq; seq += 1) tail.isOwn(seq)
    return outcome
  }

  /** The log may hold what this guardian does not know. */
  #readAgain(): AppendOutcome {
    this.#parts.tail.goOn()
    return { kind: 'read-again' }
  }
}

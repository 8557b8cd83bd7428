import {
  type ConfigEvent,
  encodeConfigEvent,
  encodeRiskEvent,
  encodeSettled,
  type RiskEvent,
  type SettledEvent,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { Backoff, eventHeaders, lastMessage, WRONG_LAST_SEQUENCE } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import type { RiskTail } from '../inbound/risk-tail.ts'
import { EventGoneError, RiskLogDamagedError } from '../log-errors.ts'
import type { LogWatch } from '../log-watch.ts'
import type { Publish, Publisher, PublishOutcome } from './publisher.ts'

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
  /** At this stream sequence. */
  | { readonly kind: 'stored'; readonly seq: number }
  /** The log ends elsewhere than expected, or where it ends is not known: read it before going on. */
  | { readonly kind: 'read-again' }

/** Hears once what became of an event. */
export interface AppendListener {
  onAppended(outcome: AppendOutcome): void
  onError(error: unknown): void
}

/** An event, where it goes, and where its log must end for it. */
interface Entry {
  readonly subject: string
  readonly encode: () => Uint8Array
  /** The filter whose last message is expected at `lastSeq` (0: none). */
  readonly logSubject: string
  readonly lastSeq: number
  readonly traceparent: string
}

/** The end of the risk log: where a guardian appends. */
export class RiskLog {
  readonly #parts: RiskLogParts
  /** Events that the stream has no room for. */
  readonly #withoutRoom = new Set<Append>()

  constructor(parts: RiskLogParts) {
    this.#parts = parts
  }

  /** True while the stream is full: an operator must raise its limits. */
  get full(): boolean {
    return this.#withoutRoom.size > 0
  }

  /** Appends a trader's event if the trader's log still ends at `lastSeq` (0: empty). */
  append(event: RiskEvent, lastSeq: number, traceparent: string, listener: AppendListener): void {
    const subject = subjects.out(event.type, event.trader)
    const logSubject = subjects.traderLog(event.trader)
    this.#append({ subject, encode: () => encodeRiskEvent(event), logSubject, lastSeq, traceparent }, listener)
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
    const entry = { subject: subjects.outConfig(kind), encode, logSubject: subjects.config(kind), lastSeq, traceparent }
    return new Promise((resolve, reject) => this.#append(entry, { onAppended: resolve, onError: reject }))
  }

  #append(entry: Entry, listener: AppendListener): void {
    this.#parts.publisher.publish(new Append(entry, this.#parts, this.#withoutRoom, listener))
  }
}

/** Error codes of a server that cannot answer now: expectation not ready, no leader, too many waiting. */
const NOT_NOW: ReadonlySet<number> = new Set([10_158, 10_163, 10_008, 10_009, 10_118, 10_167])
/** Error codes of a stream, account or server that is full: store failed (a limit reached), resources, storage. */
const FULL: ReadonlySet<number> = new Set([10_077, 10_002, 10_023, 10_047, 10_028])
/** Error code of a stream that is closed for good: an operator repairs it. */
const SEALED = 10_109

/**
 * An event on its way into the risk log; it is published again where that helps, which may take long while the stream
 * has no room. No promise is made for an event that is stored at once: one costs as much as the decision.
 */
class Append implements Publish {
  readonly subject: string
  readonly #entry: Entry
  readonly #parts: RiskLogParts
  readonly #withoutRoom: Set<Append>
  readonly #listener: AppendListener

  constructor(entry: Entry, parts: RiskLogParts, withoutRoom: Set<Append>, listener: AppendListener) {
    this.subject = entry.subject
    this.#entry = entry
    this.#parts = parts
    this.#withoutRoom = withoutRoom
    this.#listener = listener
  }

  headers(): string {
    const { logSubject, lastSeq, traceparent } = this.#entry
    const { watermark, name } = this.#parts
    return eventHeaders(logSubject, lastSeq, watermark.carry(), name, traceparent)
  }

  payload(): Uint8Array {
    return this.#entry.encode()
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
    const { stopping, log } = this.#parts
    const backoff = new Backoff(50, 2_000)
    let outcome = first
    try {
      while (outcome.kind !== 'stored') {
        if (outcome.kind === 'unknown') return this.#readAgain()
        if (outcome.kind === 'overwrote') {
          throw new EventGoneError(outcome.seq - 1, outcome.knownSeq, this.#entry.logSubject)
        }
        if (outcome.kind === 'refused') {
          const { code, description } = outcome
          if (WRONG_LAST_SEQUENCE.has(code)) return this.#readAgain()
          if (code === SEALED) throw new RiskLogDamagedError({ kind: 'sealed', stream: streams.risk })
          if (FULL.has(code)) {
            if (this.#withoutRoom.size === 0) {
              log.error({ code, description }, 'the risk log is full: raise its limits; nothing is lost meanwhile')
            }
            this.#withoutRoom.add(this)
          } else if (!NOT_NOW.has(code)) {
            throw new Error(`the risk log refused an event on ${this.subject}: ${description} (${code})`)
          }
        }
        if (stopping.aborted) return this.#readAgain()
        await backoff.wait(stopping)
        outcome = await this.#publishOnce()
      }
      return this.#stored(outcome)
    } finally {
      this.#withoutRoom.delete(this)
    }
  }

  #publishOnce(): Promise<PublishOutcome> {
    return new Promise((resolve, reject) => {
      this.#parts.publisher.publish({
        subject: this.subject,
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
    tail.isOwn(outcome.seq)
    return outcome
  }

  /** The log may hold what this guardian does not know. */
  #readAgain(): AppendOutcome {
    this.#parts.tail.goOn()
    return { kind: 'read-again' }
  }
}

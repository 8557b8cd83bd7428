import {
  type ConfigEvent,
  encodeConfigEvent,
  encodeRiskEvent,
  encodeSettled,
  type RiskEvent,
  type SettledEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { Backoff, type Logger, lastMessage } from '@drawbridge/service-kit'
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import { eventHeaders } from './event-headers.ts'
import type { Outgoing, Publisher, PublishOutcome } from './publisher.ts'

/** What became of an event. */
export type AppendOutcome =
  | { readonly kind: 'stored'; readonly seq: number }
  /** The log ends elsewhere than expected, or where it ends is not known: read it before going on. */
  | { readonly kind: 'read-again' }

interface Append {
  readonly subject: string
  readonly encode: () => Uint8Array
  /** The filter whose last message is expected at `lastSeq`. */
  readonly logSubject: string
  readonly lastSeq: number
  readonly traceparent: string
}

/** The stream's answers to an expectation that does not hold. */
const WRONG_LAST_SEQUENCE: ReadonlySet<number> = new Set([10_071, 10_164])
/** Answers of a server that cannot say just now: expectation not ready, no leader, more waits than it takes. */
const NOT_NOW: ReadonlySet<number> = new Set([10_158, 10_163, 10_008, 10_009, 10_118, 10_167])
/** Answers of a stream, account or server that is full: store failed (a limit reached), resources, storage. */
const FULL: ReadonlySet<number> = new Set([10_077, 10_002, 10_023, 10_047, 10_028])

export interface RiskLogOptions {
  readonly publisher: Publisher
  readonly manager: JetStreamManager
  /** Names this guardian in what it writes. */
  readonly guardian: string
  /** Every input up to this stream sequence is settled now. */
  readonly settled: () => number
  /** Called with the stream sequence of each event that was stored. */
  readonly onStored: (seq: number) => void
  /** Called when the log may hold what this guardian does not know. */
  readonly onReadAgain: () => void
  readonly stopping: AbortSignal
  readonly log: Logger
}

/** The end of the risk log: where a guardian appends. */
export class RiskLog {
  readonly #options: RiskLogOptions
  /** How many publishes the stream has no room for. */
  #withoutRoom = 0

  constructor(options: RiskLogOptions) {
    this.#options = options
  }

  /** True while the stream takes no more: an operator must make room. */
  get full(): boolean {
    return this.#withoutRoom > 0
  }

  /** Appends a trader's event if the trader's log still ends at `lastSeq` (0: empty). */
  append(event: RiskEvent, lastSeq: number, traceparent: string): Promise<AppendOutcome> {
    const subject = subjects.out(event.type, event.trader)
    const logSubject = subjects.traderLog(event.trader)
    return this.#publish({ subject, encode: () => encodeRiskEvent(event), logSubject, lastSeq, traceparent })
  }

  appendConfiguration(event: ConfigEvent, lastSeq: number, traceparent: string): Promise<AppendOutcome> {
    const { kind } = event
    const [subject, logSubject] = [subjects.outConfig(kind), subjects.config(kind)]
    return this.#publish({ subject, encode: () => encodeConfigEvent(event), logSubject, lastSeq, traceparent })
  }

  appendSettled(event: SettledEvent, lastSeq: number): Promise<AppendOutcome> {
    const [subject, logSubject] = [subjects.outConfig('settled'), subjects.config('settled')]
    return this.#publish({ subject, encode: () => encodeSettled(event), logSubject, lastSeq, traceparent: '' })
  }

  /** The last event of a trader, from the stream's leader. Waits while nobody can say. */
  lastOf(trader: TraderId): Promise<StoredMsg | null> {
    return this.last(subjects.traderLog(trader))
  }

  async last(subject: string): Promise<StoredMsg | null> {
    const { manager, stopping, log } = this.#options
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

  #publish(append: Append): Promise<AppendOutcome> {
    // No async function: this is the way of every event, and one costs as much as its decision.
    return new Promise((resolve, reject) => {
      this.#send(append, reject, (outcome) => {
        if (outcome.kind === 'stored') resolve(this.#stored(outcome.seq))
        else this.#publishOn(append, outcome).then(resolve, reject)
      })
    })
  }

  /** Publishes again where that helps; while the stream has no room that may take long. */
  async #publishOn(append: Append, first: PublishOutcome): Promise<AppendOutcome> {
    const { stopping } = this.#options
    const backoff = new Backoff(50, 2_000)
    let outcome = first
    let waitsForRoom = false
    try {
      while (outcome.kind !== 'stored') {
        if (outcome.kind === 'unknown') return this.#readAgain()
        if (outcome.kind === 'refused') {
          const { code, description } = outcome
          if (WRONG_LAST_SEQUENCE.has(code)) return this.#readAgain()
          if (FULL.has(code)) {
            if (!waitsForRoom) this.#waitForRoom(code, description)
            waitsForRoom = true
          } else if (!NOT_NOW.has(code)) {
            throw new Error(`the risk log refused an event on ${append.subject}: ${description} (${code})`)
          }
        }
        if (stopping.aborted) return this.#readAgain()
        await backoff.wait(stopping)
        outcome = await new Promise<PublishOutcome>((resolve, reject) => this.#send(append, reject, resolve))
      }
      return this.#stored(outcome.seq)
    } finally {
      if (waitsForRoom) this.#withoutRoom -= 1
    }
  }

  #send(append: Append, onError: (error: unknown) => void, onOutcome: (outcome: PublishOutcome) => void): void {
    this.#options.publisher.publish({
      subject: append.subject,
      message: () => this.#message(append),
      onOutcome,
      onError,
    })
  }

  #stored(seq: number): AppendOutcome {
    this.#options.onStored(seq)
    return { kind: 'stored', seq }
  }

  #readAgain(): AppendOutcome {
    this.#options.onReadAgain()
    return { kind: 'read-again' }
  }

  #message({ encode, logSubject, lastSeq, traceparent }: Append): Outgoing {
    const { settled, guardian } = this.#options
    const headers = eventHeaders(logSubject, lastSeq, settled(), guardian, traceparent)
    return { payload: encode(), headers }
  }

  #waitForRoom(code: number, description: string): void {
    if (!this.full) {
      this.#options.log.error(
        { code, description },
        'the risk log is full: raise its limits; nothing is lost meanwhile',
      )
    }
    this.#withoutRoom += 1
  }
}

/** A log that ends before what was read of it is another log. @throws then. */
export function checkNotRecreated(last: StoredMsg | null, knownSeq: number, subject: string): void {
  if ((last?.seq ?? 0) >= knownSeq) return
  throw new Error(
    `the risk log no longer holds event ${knownSeq} on ${subject}: RISK was recreated while this guardian ran; ` +
      'restart the guardian to judge by the new log',
  )
}

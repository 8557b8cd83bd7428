import { streams } from '@drawbridge/contracts'
import { Backoff, eventHeaders, WRONG_LAST_SEQUENCE } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { EventGoneError } from '../event-gone.ts'
import type { RiskTail } from '../inbound/risk-tail.ts'
import type { LogWatch } from '../log-watch.ts'
import { RiskLogDamagedError } from '../risk-log-damage.ts'
import type { Publish, Publisher, PublishOutcome } from './publisher.ts'

interface Stored {
  readonly kind: 'stored'
  /** Stream sequence. */
  readonly seq: number
}

/** What became of an event. */
export type AppendOutcome =
  | Stored
  /** The log ends elsewhere than expected, or where it ends is not known: read it before going on. */
  | { readonly kind: 'read-again' }

/** Hears once what became of an event. */
export interface AppendListener {
  onAppended(outcome: AppendOutcome): void
  onError(error: unknown): void
}

/** An event, where it goes, and where its log must end for it. */
export interface Entry {
  readonly subject: string
  readonly encode: () => Uint8Array
  /** The filter whose last message is expected at `lastSeq`. */
  readonly logSubject: string
  readonly lastSeq: number
  readonly traceparent: string
}

/** What all appends of a guardian share. */
export interface AppendServices {
  readonly publisher: Publisher
  readonly room: Room
  /** Names this guardian in what it writes. */
  readonly guardian: string
  /** Gives what each event carries. */
  readonly watermark: { carry(): number }
  readonly watch: LogWatch
  readonly tail: RiskTail
  readonly stopping: AbortSignal
}

/** Answers of a server that cannot say just now: expectation not ready, no leader, more waits than it takes. */
const NOT_NOW: ReadonlySet<number> = new Set([10_158, 10_163, 10_008, 10_009, 10_118, 10_167])
/** Answers of a stream, account or server that is full: store failed (a limit reached), resources, storage. */
const FULL: ReadonlySet<number> = new Set([10_077, 10_002, 10_023, 10_047, 10_028])

/** Answer of a stream that takes nothing more for good: an operator mends it. */
const SEALED = 10_109

/** While the stream has no room. */
export class Room {
  readonly #log: Logger
  /** How many publishes the stream has no room for. */
  #without = 0

  constructor(log: Logger) {
    this.#log = log
  }

  get full(): boolean {
    return this.#without > 0
  }

  wait(code: number, description: string): void {
    if (!this.full) {
      this.#log.error({ code, description }, 'the risk log is full: raise its limits; nothing is lost meanwhile')
    }
    this.#without += 1
  }

  waitNoMore(): void {
    this.#without -= 1
  }
}

/**
 * An event on its way into the risk log; it is published again where that helps, which may take long while the stream
 * has no room. No promise is made for an event that is stored at once: one costs as much as the decision.
 */
export class Append implements Publish {
  readonly subject: string
  readonly #entry: Entry
  readonly #services: AppendServices
  readonly #listener: AppendListener

  constructor(entry: Entry, services: AppendServices, listener: AppendListener) {
    this.subject = entry.subject
    this.#entry = entry
    this.#services = services
    this.#listener = listener
  }

  headers(): string {
    const { logSubject, lastSeq, traceparent } = this.#entry
    const { watermark, guardian } = this.#services
    return eventHeaders(logSubject, lastSeq, watermark.carry(), guardian, traceparent)
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
    const { room, stopping } = this.#services
    const backoff = new Backoff(50, 2_000)
    let outcome = first
    let waitsForRoom = false
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
            if (!waitsForRoom) room.wait(code, description)
            waitsForRoom = true
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
      if (waitsForRoom) room.waitNoMore()
    }
  }

  #publishOnce(): Promise<PublishOutcome> {
    return new Promise((resolve, reject) => {
      this.#services.publisher.publish({
        subject: this.subject,
        headers: () => this.headers(),
        payload: () => this.payload(),
        onOutcome: resolve,
        onError: reject,
      })
    })
  }

  #stored(outcome: Stored): Stored {
    const { watch, tail } = this.#services
    watch.knows(outcome.seq)
    tail.isOwn(outcome.seq)
    return outcome
  }

  /** The log may hold what this guardian does not know. */
  #readAgain(): AppendOutcome {
    this.#services.tail.goOn()
    return { kind: 'read-again' }
  }
}

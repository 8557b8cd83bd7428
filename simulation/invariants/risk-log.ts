import { headerNames, type Instant, parseEventSubject, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { type InputMessage, OfflineJudge, storedEvent } from '@drawbridge/risk-engine'
import type { StoredMessage } from '../nats/simulated-server.ts'
import type { Report } from '../trace.ts'

/** An event as the risk log must hold it. */
interface ExpectedEvent {
  /** The trader's id, or `config.<kind>`: events of one log are stored in the order of their inputs. */
  readonly log: string
  readonly subject: string
  readonly text: string
  readonly inputSeq: number
}

/** The effects of an input. */
interface Judged {
  readonly events: readonly ExpectedEvent[]
  /** Whether REJECTS must hold the input. */
  readonly rejected: boolean
}

/** The decisions of one undisturbed guardian: the engine judges the inputs in their order. */
class Reference {
  readonly #judge = new OfflineJudge()
  readonly #decoder = new TextDecoder()

  /** When a wake-up of the trader is due, after all inputs so far; null: none is. */
  wakeAt(trader: TraderId, now: Instant): Instant | null {
    return this.#judge.wakeAt(trader, now)
  }

  judge(input: InputMessage): Judged {
    const { events, rejected } = this.#judge.judge(input)
    const expected = events.map((event) => {
      this.#judge.take(event)
      const { data, ...place } = storedEvent(event)
      return { ...place, text: this.#decoder.decode(data) }
    })
    return { events: expected, rejected }
  }
}

/** The last event of a trader in the risk log, read with JSON.parse alone. */
export interface Decision {
  readonly version: number
  readonly inputSeq: number
  readonly paused: boolean
  /** Whether entries are allowed: nothing holds the trader, and nothing is in doubt. */
  readonly allowed: boolean
  /** When the first hold of an operator ends, milliseconds since 1970; null: none does. That of a limit may last longer. */
  readonly operatorUntil: number | null
  readonly streamSeq: number
  readonly type: string
  readonly recordedAt: string
  /** The trader's own time. */
  readonly effectiveAt: string
}

interface EventOnWire {
  readonly type: string
  readonly version: number
  readonly inputSeq: number
  readonly recordedAt: string
  readonly effectiveAt: string
  readonly decision: { readonly status: string }
  readonly state: { readonly pause: { readonly holds: readonly HoldOnWire[] } | null }
}

interface HoldOnWire {
  readonly holder: string
  readonly until: string | null
}

function operatorUntil(holds: readonly HoldOnWire[]): number | null {
  const ends = holds.flatMap(({ holder, until }) =>
    holder.startsWith('operator') && until !== null ? [Date.parse(until)] : [],
  )
  return ends.length === 0 ? null : Math.min(...ends)
}

/**
 * RISK has what one undisturbed guardian would have decided: each event once, byte for byte, for each trader in the
 * order of its inputs. No event says that an input is settled before all effects of that input are stored.
 */
export class RiskLogInvariants {
  readonly #report: Report
  readonly #onSettled: (seq: number, waitedMs: number) => void
  readonly #reference = new Reference()
  readonly #expected = new Map<string, ExpectedEvent[]>()
  /** The number of effects of an input that are not stored yet, and when it was stored, by `performance.now()`. */
  readonly #open = new Map<number, { parts: number; readonly since: number }>()
  readonly #rejectable = new Set<number>()
  readonly #rejectsMissing = new Set<number>()
  readonly #last = new Map<TraderId, Decision>()
  readonly #log: (Decision & { readonly trader: TraderId; readonly message: StoredMessage })[] = []
  readonly #decoder = new TextDecoder()
  #settled = 0
  #lastInput = 0

  /** @param onSettled called when all effects of an input are stored, with the milliseconds since the input was stored */
  constructor(report: Report, onSettled: (seq: number, waitedMs: number) => void) {
    this.#report = report
    this.#onSettled = onSettled
  }

  /** Checks a message that a stream has just stored. Returns a line for the trace. */
  onStored(stream: string, message: StoredMessage): string {
    if (stream === streams.inputs) return this.#onInput(message)
    if (stream === streams.risk) return this.#onEvent(message)
    return message.subject === subjects.attempts ? `${message.seq} a note of a start` : this.#onReject(message)
  }

  /** The last decision on a trader that is stored. */
  last(trader: TraderId): Decision | undefined {
    return this.#last.get(trader)
  }

  /** When a wake-up of the trader is due, after all inputs so far; null: none is. */
  wakeAt(trader: TraderId, now: Instant): Instant | null {
    return this.#reference.wakeAt(trader, now)
  }

  get traders(): Iterable<TraderId> {
    return this.#last.keys()
  }

  /** All events of traders that the log holds, in its order. */
  get log(): readonly (Decision & { readonly trader: TraderId; readonly message: StoredMessage })[] {
    return this.#log
  }

  /** The oldest input with effects that are not stored, and when it was stored; null: none. */
  get oldestOpen(): { readonly seq: number; readonly since: number } | null {
    for (const [seq, { since }] of this.#open) return { seq, since }
    return null
  }

  /** The effects of inputs that are not stored yet, in words; null: none. */
  get missing(): string | null {
    if (this.#open.size === 0) return null
    const [seq] = this.#open.keys()
    const rejects = this.#rejectsMissing.size
    return `${this.#open.size} inputs are not decided, or their effects are not stored (${rejects} rejects); the first is ${seq}`
  }

  #onInput(message: StoredMessage): string {
    const { seq, subject, data } = message
    const { events, rejected } = this.#reference.judge(message)
    this.#lastInput = seq
    for (const event of events) {
      const queue = this.#expected.get(event.log)
      if (queue === undefined) this.#expected.set(event.log, [event])
      else queue.push(event)
    }
    if (rejected) {
      this.#rejectable.add(seq)
      this.#rejectsMissing.add(seq)
    }
    const parts = events.length + (rejected ? 1 : 0)
    if (parts > 0) this.#open.set(seq, { parts, since: performance.now() })
    this.#advance()
    return `${seq} ${subject} ${this.#decoder.decode(data.subarray(0, 100))}`
  }

  #onEvent(message: StoredMessage): string {
    const { subject, headers, seq } = message
    const claimed = Number(headers.get(headerNames.settled))
    const by = headers.get(headerNames.guardian) ?? 'nobody'
    if (!(claimed <= this.#settled)) {
      this.#report(
        'settled',
        `event ${seq} (${subject}) by ${by} says that inputs up to ${claimed} are settled, but effects are stored only up to ${this.#settled}`,
      )
    }
    if (subject === subjects.config('settled')) return `${seq} ${subject} settled ${claimed} by ${by}`
    const address = parseEventSubject(subject)
    const log = address.kind === 'trader' ? address.trader : subject.slice('risk.'.length)
    const text = this.#decoder.decode(message.data)
    const expected = this.#expected.get(log)?.shift()
    if (expected === undefined || expected.subject !== subject || expected.text !== text) {
      const instead = expected === undefined ? 'nothing' : `${expected.subject} ${expected.text}`
      this.#report(
        'decisions',
        `event ${seq} by ${by} is ${subject} ${text}; an undisturbed guardian decides ${instead}`,
      )
      return `${seq} ${subject} by ${by}`
    }
    this.#settle(expected.inputSeq)
    if (address.kind !== 'trader')
      return `${seq} ${subject} of input ${expected.inputSeq}, settled ${claimed}, by ${by}`
    const { type, version, inputSeq, recordedAt, effectiveAt, decision: made, state } = JSON.parse(text) as EventOnWire
    const decision: Decision = {
      version,
      inputSeq,
      paused: made.status === 'paused',
      allowed: made.status === 'allowed',
      operatorUntil: operatorUntil(state.pause?.holds ?? []),
      streamSeq: seq,
      type,
      recordedAt,
      effectiveAt,
    }
    const before = this.#last.get(address.trader)
    if (decision.version !== (before?.version ?? 0) + 1 || decision.inputSeq <= (before?.inputSeq ?? 0)) {
      this.#report('decisions', `event ${seq} has version ${decision.version} after ${before?.version ?? 0}`)
    }
    this.#last.set(address.trader, decision)
    this.#log.push({ ...decision, trader: address.trader, message })
    return `${seq} ${subject} v${decision.version} ${made.status}, of input ${expected.inputSeq}, settled ${claimed}, by ${by}`
  }

  #onReject(message: StoredMessage): string {
    const seq = Number(message.headers.get(headerNames.rejectSequence))
    const reason = message.headers.get(headerNames.rejectReason) ?? ''
    if (!this.#rejectable.has(seq)) {
      this.#report('rejects', `input ${seq} is rejected (${reason}); an undisturbed guardian does not`)
    }
    if (this.#rejectsMissing.delete(seq)) this.#settle(seq)
    return `${message.seq} rejects input ${seq}: ${reason}`
  }

  #settle(seq: number): void {
    const open = this.#open.get(seq)
    if (open !== undefined) open.parts -= 1
    if (open?.parts === 0) {
      this.#open.delete(seq)
      this.#onSettled(seq, performance.now() - open.since)
    }
    this.#advance()
  }

  /** The map has the order of the inputs. */
  #advance(): void {
    const [oldest] = this.#open.keys()
    this.#settled = oldest === undefined ? this.#lastInput : oldest - 1
  }
}

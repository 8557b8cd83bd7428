import { type Instant, type RiskEvent, standingOf, type TraderId } from '@drawbridge/contracts'
import type { OwnReading } from './core/far-reading.ts'
import { Obeyed } from './obeyed.ts'
import { type OwnTick, OwnTicks } from './own-ticks.ts'
import { closed, decidedVerdict, EXIT, type GateCode, type Intent, type Verdict } from './verdict.ts'
import { Waiters } from './waiters.ts'

/** Gates close for entries while a reading of their own is undecided for so long. */
export const DEFAULT_UNDECIDED_AFTER_MS = 1_000

const NEVER = Number.NEGATIVE_INFINITY
const UNKNOWN = closed('unknown', 'the risk state of this trader is not known yet')
const NOT_HEARD = closed('no-guardian', 'no risk guardian has been heard yet')
const UNJUDGED = closed('undecided', 'the reading that was just reported may change this answer, and is not judged yet')

/** What a gate knows of its trader. */
export type Newest =
  | { readonly known: true /** Null: the trader has none. */; readonly event: RiskEvent | null }
  /** The last event may not be the newest. */
  | { readonly known: false }

/** `unknown`: there is no decision yet. */
const LACKS_READINGS: ReadonlySet<GateCode> = new Set<GateCode>(['unknown', 'no-reading', 'silent'])
const NOT_KNOWN: Newest = { known: false }

/**
 * Blocks new exposure of one trader unless a decision that allows it is known and fresh. Only an event opens it, never its
 * own clock. Reducing exposure is always allowed.
 *
 * It closes while the trader's state is unknown, while the decision blocks entries, when no heartbeat of a guardian came for
 * the lease, and for readings of this process that are not judged yet: at once for one that may change the answer
 * ({@link isFar}), after `undecidedAfterMs` for any. {@link GATE_CODES} lists the reasons. One that obeys others is closed
 * while one of these is, too.
 */
export class Gate {
  readonly trader: TraderId
  readonly #leaseMs: number
  readonly #undecidedAfterMs: number
  readonly #silent: Verdict
  readonly #untold: Verdict
  readonly #undecided: Verdict
  readonly #own = new OwnTicks(() => this.#update())
  readonly #untilKnown = new Waiters()
  #obeyed: Obeyed | null = null
  #listeners: readonly (() => void)[] = []
  #event: RiskEvent | null = null
  /** What this process knows that makes the last event doubtful; null: nothing. */
  #doubt: Verdict | null = null
  #version = 0
  #recordedAt: Instant | null = null
  #staleSince: Instant | null = null
  /** What the last event says. */
  #decided: Verdict = UNKNOWN
  /** Why the last event may not be the newest; null: it is. */
  #unknown: Verdict | null = UNKNOWN
  #heartbeatAt = NEVER
  /** When any guardian was last heard. */
  #heardAt = NEVER
  /** Entries are allowed before this moment of `performance.now()`; the fast path looks at nothing else. */
  #openUntil = NEVER

  /**
   * @param leaseMs how long a heartbeat leaves the gate open
   * @param undecidedAfterMs how long a reading of this process that is not judged leaves it open
   */
  constructor(trader: TraderId, leaseMs: number, undecidedAfterMs = DEFAULT_UNDECIDED_AFTER_MS) {
    this.trader = trader
    this.#leaseMs = leaseMs
    this.#undecidedAfterMs = undecidedAfterMs
    this.#silent = closed('no-guardian', `no risk guardian has been heard for ${leaseMs / 1000} s`)
    this.#untold = closed('no-guardian', `no risk guardian has told the newest decision for ${leaseMs / 1000} s`)
    this.#undecided = closed('undecided', `a reading has not been judged for ${undecidedAfterMs / 1000} s`)
  }

  /** Whether the trader may do so now. Synchronous, allocates nothing; ask before each order. */
  canTrade(intent: Intent = 'enter'): Verdict {
    if (intent === 'reduce') return EXIT
    const own = performance.now() < this.#openUntil ? this.#decided : this.#closedBy()
    return this.#obeyed === null ? own : this.#obeyed.with(own)
  }

  /**
   * From now on it is open only while these are, too. Nobody may obey itself, be it by others.
   * @param gates followed as this one is
   */
  obey(gates: readonly Gate[]): void {
    this.#obeyed = gates.length === 0 ? null : new Obeyed(gates)
  }

  /** The newest event, if that is known. */
  get newest(): Newest {
    return this.#unknown === null ? { known: true, event: this.#event } : NOT_KNOWN
  }

  /** Calls the listener, at once, when {@link newest} has changed. It must not throw. */
  onNewest(listener: () => void): void {
    this.#listeners = [...this.#listeners, listener]
  }

  /** Closes it, because this process knows that the last event may not say how the account stands; null: no longer. */
  doubt(reason: string | null): void {
    if (reason === (this.#doubt?.reason ?? null)) return
    this.#doubt = reason === null ? null : closed('undecided', reason)
    this.#update()
  }

  /** Whether a reading may change the answer, so that it must be judged first. */
  mayChange(reading: OwnReading): boolean {
    return this.#own.mayChange(reading)
  }

  /** Version of the last event that was applied; 0: none. */
  get version(): number {
    return this.#version
  }

  /** How long ago the input of the last event was recorded, by the clocks of NATS and of this machine; null: no event. */
  get ageMs(): number | null {
    return this.#recordedAt === null ? null : Math.max(0, Date.now() - this.#recordedAt)
  }

  /** How many readings of this process are not judged yet. */
  get undecided(): number {
    return this.#own.size
  }

  /** Whether a guardian was heard within the lease. */
  get isGuardianHeard(): boolean {
    return performance.now() - this.#heardAt < this.#leaseMs
  }

  /** When the last tick before a stale feed was accepted; null: the feed is not stale, as far as is known. */
  get staleSince(): Instant | null {
    return this.#staleSince
  }

  /** Whether the last event allows new exposure; false before the first one. */
  get isAllowedByEvent(): boolean {
    return this.#decided.allowed
  }

  /** Whether the decision in force is known and fresh, be it to allow or to pause. */
  get isLive(): boolean {
    return this.#unknown === null && this.#version > 0 && performance.now() < this.#liveUntil()
  }

  /** Takes over a decision, if it is newer than what is known. */
  apply(event: RiskEvent): void {
    const { version, staleSince } = event.state
    if (version <= this.#version) return
    this.#version = version
    this.#recordedAt = event.recordedAt
    this.#staleSince = staleSince
    this.#decided = decidedVerdict(standingOf(event.state), event.budget)
    this.#event = event
    this.#own.decide(event)
    this.#update()
    this.#tellNewest()
  }

  /** Everything that the log held when the following began has been applied. */
  caughtUp(): void {
    const isNews = this.#unknown !== null
    this.#unknown = null
    this.#update()
    if (this.#isVouchedFor) this.#untilKnown.tell()
    if (isNews) this.#tellNewest()
  }

  /** Resolves when the newest decision is known and a guardian was heard for the first time, or after this time. */
  async untilKnown(waitMs: number): Promise<void> {
    if (!this.#isVouchedFor) await this.#untilKnown.wait(waitMs)
  }

  /** Forgets everything: from now on it is another log, whose versions cannot be compared with the known ones. */
  forget(): void {
    this.#version = 0
    this.#recordedAt = null
    this.#staleSince = null
    this.#own.forget()
    this.#event = null
    this.#decided = UNKNOWN
    this.#unknown = UNKNOWN
    this.#heartbeatAt = NEVER
    this.#update()
    this.#tellNewest()
  }

  /** The state is no longer known; the reason says why, in words for people. */
  lost(reason: string): void {
    this.#unknown = closed('unknown', reason)
    this.#update()
    this.#tellNewest()
  }

  /**
   * A guardian that keeps up was heard.
   * @param at up to when the newest decision was known, of `performance.now()`
   * @param heardAt when it was heard; `at` if not given
   */
  heartbeat(at: number, heardAt = at): void {
    this.#heartbeatAt = at
    this.#heardAt = heardAt
    this.#update()
    if (this.#isVouchedFor) this.#untilKnown.tell()
  }

  /**
   * This process reports a reading. Whoever sends it says what becomes of it; the gate learns its decision by itself.
   */
  report(reading: OwnReading): OwnTick {
    return this.#own.report(reading)
  }

  /** How inputs count: the sequence of one is that of the stream INPUTS plus this. */
  inputsOffset(offset: number): void {
    this.#own.inputsOffset(offset)
  }

  /** A guardian says that every input up to this one is decided, or set aside. */
  settledUpTo(settled: number): void {
    this.#own.settledUpTo(settled)
  }

  /** Whoever waits for decisions on readings waits no longer: this process follows them no more. */
  close(): void {
    this.#own.close()
    this.#untilKnown.tell()
  }

  get #isVouchedFor(): boolean {
    return this.#unknown === null && this.#heartbeatAt !== NEVER
  }

  get #known(): Verdict {
    return this.#unknown ?? this.#decided
  }

  /** Whether nothing but a missing reading blocks: then a doubt says what is missing. */
  get #isForLackOfReadings(): boolean {
    return this.#unknown === null && LACKS_READINGS.has(this.#decided.code)
  }

  #tellNewest(): void {
    for (const listener of this.#listeners) listener()
  }

  #update(): void {
    const isOpen = this.#known.allowed && this.#doubt === null && !this.#own.hasFar
    this.#openUntil = isOpen ? this.#liveUntil() : NEVER
  }

  #liveUntil(): number {
    return Math.min(this.#heartbeatAt + this.#leaseMs, this.#own.oldestSince + this.#undecidedAfterMs)
  }

  #closedBy(): Verdict {
    if (!this.#known.allowed) return this.#isForLackOfReadings ? (this.#doubt ?? this.#known) : this.#known
    if (this.#heartbeatAt === NEVER) return NOT_HEARD
    const now = performance.now()
    if (now - this.#heartbeatAt >= this.#leaseMs) {
      return now - this.#heardAt < this.#leaseMs ? this.#untold : this.#silent
    }
    if (this.#doubt !== null) return this.#doubt
    return now - this.#own.oldestSince >= this.#undecidedAfterMs ? this.#undecided : UNJUDGED
  }
}

import { type Instant, type RiskEvent, standingOf, type TraderId } from '@drawbridge/contracts'
import { closed, decidedVerdict, EXIT, type Intent, type Verdict } from './verdict.ts'

const NEVER = Number.NEGATIVE_INFINITY
const UNKNOWN = closed('unknown', 'the risk state of this trader is not known yet')
const NOT_HEARD = closed('no-guardian', 'no risk guardian has been heard yet')

/**
 * Blocks new exposure of one trader unless a decision that allows it is known and fresh. Only an event opens it, never its
 * own clock. Reducing exposure is always allowed.
 *
 * It closes while the trader's state is unknown, while the decision blocks entries, when no heartbeat of a guardian came for
 * the lease, and when the trader's own ticks stay unacknowledged as long. {@link GATE_CODES} lists the reasons.
 */
export class Gate {
  readonly trader: TraderId
  readonly #leaseMs: number
  readonly #silent: Verdict
  readonly #untold: Verdict
  readonly #unacknowledged: Verdict
  #version = 0
  #staleSince: Instant | null = null
  /** What the last event says. */
  #decided: Verdict = UNKNOWN
  /** Why the last event may not be the newest; null: it is. */
  #unknown: Verdict | null = UNKNOWN
  #heartbeatAt = NEVER
  /** When any guardian was last heard. */
  #heardAt = NEVER
  #unacknowledgedSince = Number.POSITIVE_INFINITY
  /** Entries are allowed before this moment of `performance.now()`; the fast path looks at nothing else. */
  #openUntil = NEVER

  /** @param leaseMs how long a heartbeat, or an unacknowledged tick, leaves the gate open */
  constructor(trader: TraderId, leaseMs: number) {
    this.trader = trader
    this.#leaseMs = leaseMs
    this.#silent = closed('no-guardian', `no risk guardian has been heard for ${leaseMs / 1000} s`)
    this.#untold = closed('no-guardian', `no risk guardian has told the newest decision for ${leaseMs / 1000} s`)
    this.#unacknowledged = closed('undecided', `ticks have not been acknowledged for ${leaseMs / 1000} s`)
  }

  /** Whether the trader may do so now. Synchronous, allocates nothing; ask before each order. */
  canTrade(intent: Intent = 'enter'): Verdict {
    if (intent === 'reduce') return EXIT
    return performance.now() < this.#openUntil ? this.#decided : this.#closedBy()
  }

  /** Version of the last event that was applied; 0: none. */
  get version(): number {
    return this.#version
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
    this.#staleSince = staleSince
    this.#decided = decidedVerdict(standingOf(event.state), event.budget)
    this.#update()
  }

  /** Everything that the log held when the following began has been applied. */
  caughtUp(): void {
    this.#unknown = null
    this.#update()
  }

  /** Forgets everything: from now on it is another log, whose versions cannot be compared with the known ones. */
  forget(): void {
    this.#version = 0
    this.#staleSince = null
    this.#decided = UNKNOWN
    this.#unknown = UNKNOWN
    this.#heartbeatAt = NEVER
    this.#update()
  }

  /** The state is no longer known; the reason says why, in words for people. */
  lost(reason: string): void {
    this.#unknown = closed('unknown', reason)
    this.#update()
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
  }

  /** Since when the trader's oldest tick waits for its acknowledgement, in `performance.now()`; null: none does. */
  ticksWaitSince(at: number | null): void {
    this.#unacknowledgedSince = at ?? Number.POSITIVE_INFINITY
    this.#update()
  }

  get #known(): Verdict {
    return this.#unknown ?? this.#decided
  }

  #update(): void {
    this.#openUntil = this.#known.allowed ? this.#liveUntil() : NEVER
  }

  #liveUntil(): number {
    return Math.min(this.#heartbeatAt, this.#unacknowledgedSince) + this.#leaseMs
  }

  #closedBy(): Verdict {
    if (!this.#known.allowed) return this.#known
    const now = performance.now()
    if (now - this.#unacknowledgedSince >= this.#leaseMs) return this.#unacknowledged
    if (this.#heartbeatAt === NEVER) return NOT_HEARD
    return now - this.#heardAt < this.#leaseMs ? this.#untold : this.#silent
  }
}

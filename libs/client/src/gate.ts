import { formatInstant, type Instant, pauseReason, type RiskEvent, type TraderId } from '@drawbridge/contracts'

/** What a trader wants to do: take new exposure, or reduce what it has. */
export type Intent = 'enter' | 'reduce'

/** A gate's answer. */
export interface Verdict {
  readonly allowed: boolean
  /** Why not; null where allowed. */
  readonly reason: string | null
  /** When the pause may end, RFC 3339, in the trader's time; null where allowed, or where nobody can say. */
  readonly until: string | null
}

const ALLOWED: Verdict = Object.freeze({ allowed: true, reason: null, until: null })

/** A verdict that blocks new exposure. */
function blocked(reason: string, until: string | null = null): Verdict {
  return Object.freeze({ allowed: false, reason, until })
}

const NEVER = Number.NEGATIVE_INFINITY
const UNKNOWN = blocked('the risk state of this trader is not known yet')
const NOT_HEARD = blocked('no risk guardian has been heard yet')

/**
 * Blocks new exposure of one trader unless a decision that allows it is known and fresh. Only an event opens it, never its
 * own clock. Reducing exposure is always allowed.
 *
 * It closes while the trader's state is unknown, while it is paused, while its feed is stale, when no heartbeat of
 * a guardian came for the lease, and when the trader's own ticks stay unacknowledged as long.
 */
export class Gate {
  readonly trader: TraderId
  readonly #leaseMs: number
  readonly #silent: Verdict
  readonly #unconfirmed: Verdict
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
    this.#silent = blocked(`no risk guardian has been heard for ${leaseMs / 1000} s`)
    this.#unconfirmed = blocked(`no risk guardian has told the newest decision for ${leaseMs / 1000} s`)
    this.#unacknowledged = blocked(`ticks have not been acknowledged for ${leaseMs / 1000} s`)
  }

  /** Whether the trader may do so now. Synchronous, allocates nothing; ask before each order. */
  canTrade(intent: Intent = 'enter'): Verdict {
    if (intent === 'reduce' || performance.now() < this.#openUntil) return ALLOWED
    return this.#closedBy()
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
    const { version, pause, staleSince } = event.state
    if (version <= this.#version) return
    this.#version = version
    this.#staleSince = staleSince
    if (pause !== null) {
      this.#decided = blocked(pauseReason(pause), pause.until === null ? null : formatInstant(pause.until))
    } else if (staleSince !== null) {
      this.#decided = blocked(`no equity has been reported since ${formatInstant(staleSince)}`)
    } else this.#decided = ALLOWED
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
    this.#unknown = blocked(reason)
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
    if (this.#heartbeatAt === NEVER) return NOT_HEARD
    if (this.#heartbeatAt > this.#unacknowledgedSince) return this.#unacknowledged
    return performance.now() - this.#heardAt < this.#leaseMs ? this.#unconfirmed : this.#silent
  }
}

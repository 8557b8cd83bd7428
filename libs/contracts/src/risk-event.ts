import { type Amount, HUNDRED_PERCENT } from './amount.ts'
import type { Author } from './author.ts'
import type { Instant } from './instant.ts'
import type { LimitOverrides, PendingLimits } from './limits.ts'
import type { TraderEventType, TraderId } from './subjects.ts'
import type { TickSequence } from './tick-sequence.ts'

export const RULES = ['max_daily_loss', 'max_drawdown'] as const
/** A limit that an account can break. */
export type Rule = (typeof RULES)[number]
/** A holder of a pause: a broken rule, or an operator. */
export type Holder = Rule | 'operator'

/** One reason why a pause holds. */
export interface Hold {
  readonly holder: Holder
  /** When it began, in the trader's time. */
  readonly at: Instant
  /** When it may end, in the trader's time; null: only by an operator. */
  readonly until: Instant | null
  readonly reason: string
}

/** New exposure is blocked until the last of the holds ends; then all end together. */
export interface Pause {
  readonly since: Instant
  /** The latest end of its holds; null if one is open-ended. */
  readonly until: Instant | null
  readonly holds: readonly Hold[]
}

/** Everything that the rules remember about one trader. Amounts are in the account's currency. */
export interface TraderState {
  /** Number of events in the trader's log. */
  readonly version: number
  /** Stream sequence of the last input that caused an event. */
  readonly inputSeq: number
  /** Stream sequence of the input that caused the trader's first event. */
  readonly firstInputSeq: number
  /** The trader's time: never goes back. Null before the first tick of a trader in event time. */
  readonly time: Instant | null
  /** The time base and daily reset for which {@link nextResetAt} was computed. */
  readonly clock: string
  readonly firstEquity: Amount | null
  readonly equity: Amount | null
  /** As last reported by the bot, if ever. */
  readonly balance: Amount | null
  readonly peakEquity: Amount | null
  /** When the trading day began: the last reset that was applied, or the first tick. */
  readonly dayStartedAt: Instant | null
  readonly nextResetAt: Instant | null
  /** The equity from which the day's loss is measured. */
  readonly dayEquity: Amount | null
  /** Balance at the start of the day, if the bot reports one. */
  readonly dayBalance: Amount | null
  readonly pause: Pause | null
  /** Rules broken while enforcement was off, recorded once until they recover. */
  readonly unenforced: readonly Rule[]
  /** Rules at or beyond their warning threshold at the last accepted tick, except those that hold the pause. */
  readonly warned: readonly Rule[]
  /** JetStream time of the last accepted tick. Null: none yet, or none since rules recorded it. */
  readonly lastTickAt: Instant | null
  /** The time of the last accepted tick, if the trader is silent for too long; null: it is not. */
  readonly staleSince: Instant | null
  /** This trader's own limits, set by operators. */
  readonly limits: LimitOverrides | null
  /** Pending changes that loosen them; each field at most once. */
  readonly pendingLimits: readonly PendingLimits[]
  /** Null: no accepted tick had a `seq`, or none since rules look at it. */
  readonly sequence: TickSequence | null
  /** That of the first accepted tick that named one; null: none did, or none since rules look at it. */
  readonly currency: string | null
}

export const REJECTION_CAUSES = ['invalid', 'late'] as const
/** Why a tick was rejected: for what it says, or because it came out of order or for a second time. */
export type RejectionCause = (typeof REJECTION_CAUSES)[number]

/** One thing that happened; an event lists everything that its input caused, in order. Percentages are exact amounts. */
export type Fact =
  | { readonly kind: 'day-started'; readonly at: Instant; readonly equity: Amount; readonly balance: Amount | null }
  | {
      readonly kind: 'breached'
      readonly rule: Rule
      /** Percent, truncated (not rounded) to 8 decimals. */
      readonly observedPct: Amount
      readonly limitPct: Amount
      /** The loss, and its base: the percentage is the loss over the base. */
      readonly loss: Amount
      readonly base: Amount
      /** False while enforcement is off: recorded, not enforced. */
      readonly enforced: boolean
      /** When the pause may end as far as this rule is concerned; null: manual, or not enforced. */
      readonly until: Instant | null
    }
  | ({ readonly kind: 'paused'; readonly until: Instant | null; readonly reason: string } & Author)
  | ({
      readonly kind: 'resumed'
      readonly at: Instant
      readonly cause: 'time' | 'operator' | 'enforcement-off'
      readonly holders: readonly Holder[]
      readonly reason: string | null
    } & Author)
  | { readonly kind: 'peak-rebased'; readonly from: Amount; readonly to: Amount }
  | { readonly kind: 'baseline-rebased'; readonly from: Amount; readonly to: Amount }
  | ({
      readonly kind: 'limits-changed'
      /** In force from this event on. */
      readonly limits: LimitOverrides
      /** Previous values of all fields that the change names. */
      readonly previous: LimitOverrides
      /** Changes that loosen limits and take effect at `inForceAt`; absent if none does. */
      readonly pending?: LimitOverrides
      readonly inForceAt?: Instant
      readonly reason: string | null
    } & Author)
  | ({ readonly kind: 'cash-flow'; readonly amount: Amount; readonly reason: string | null } & Author)
  | {
      readonly kind: 'tick-rejected'
      readonly reason: string
      /** Absent in events of rules before version 6. */
      readonly cause?: RejectionCause
    }
  | { readonly kind: 'run-began'; readonly run: string | null }
  | { readonly kind: 'currency-set'; readonly currency: string }
  | { readonly kind: 'warned'; readonly rule: Rule; readonly observedPct: Amount; readonly limitPct: Amount }
  | { readonly kind: 'feed-stale'; readonly since: Instant }
  | { readonly kind: 'feed-restored'; readonly since: Instant }

/** A decision: what an input did to a trader, and the whole state after it. */
export interface RiskEvent {
  readonly type: TraderEventType
  readonly trader: TraderId
  /** The input's JetStream timestamp. */
  readonly recordedAt: Instant
  /** The time that the rules used. */
  readonly effectiveAt: Instant
  /** The version of the rules that decided. */
  readonly rulesVersion: number
  /** Input sequence of the configuration that was in force; 0: the built-in one. */
  readonly configVersion: number
  /** The tick's own `seq`, if it had one. */
  readonly tickSeq: number | null
  readonly facts: readonly Fact[]
  readonly state: TraderState
}

/** Values that people watch: derived from a state, not stored in it. */
export interface Measures {
  /** Equity minus the day's baseline; null before the first tick. */
  readonly dailyPnl: Amount | null
  /** Percent below peak equity, 0 or more, truncated to 8 decimals; null before the first tick. */
  readonly drawdownPct: Amount | null
}

export function measuresOf(state: TraderState): Measures {
  const { equity, dayEquity, peakEquity } = state
  return {
    dailyPnl: equity === null || dayEquity === null ? null : equity - dayEquity,
    drawdownPct: equity === null || peakEquity === null ? null : percentOf(peakEquity - equity, peakEquity),
  }
}

/** `part / whole * 100`, truncated toward zero to 8 decimals; 0 if the whole is not positive. */
export function percentOf(part: Amount, whole: Amount): Amount {
  return whole <= 0n ? 0n : (part * HUNDRED_PERCENT) / whole
}

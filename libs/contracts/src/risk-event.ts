import { type Amount, HUNDRED_PERCENT } from './amount.ts'
import type { Author } from './author.ts'
import type { Holder } from './holder.ts'
import type { Instant } from './instant.ts'
import type { TestedValue, TierAction } from './limit-definition.ts'
import type { LimitName } from './limit-name.ts'
import type { LimitOverrides, PendingLimits } from './limits.ts'
import type { TraderEventType, TraderId } from './subjects.ts'
import type { TickSequence } from './tick-sequence.ts'

/** One reason why a pause holds. */
export interface Hold {
  /** `limit:<name>` or `operator:<who>`; see {@link limitOfHolder}. */
  readonly holder: Holder
  /** When it began, in the trader's time. */
  readonly at: Instant
  /** When it may end, in the trader's time; null: only by an operator. */
  readonly until: Instant | null
  readonly reason: string
  /** What the limit asks for; null: an operator holds. */
  readonly action: HoldAction | null
  /** What the limit's reference does when time ends the hold; of an operator's hold `keep`. */
  readonly onEnd: 'keep' | 'rebase'
  /** Until then nobody but an admin ends it; null: it is not firm. */
  readonly firmUntil: Instant | null
}
export type HoldAction = Exclude<TierAction, 'warn'>

/** At most so many operators hold at a time. */
export const HOLDS_MAX = 16

/** New exposure is blocked until the last of the holds ends. */
export interface Pause {
  readonly since: Instant
  /** The latest end of its holds; null if one is open-ended. */
  readonly until: Instant | null
  readonly holds: readonly Hold[]
}

/** What the rules remember of one limit. */
export interface LimitState {
  readonly name: LimitName
  readonly measure: 'loss' | 'profit'
  /** Which value of a reading is compared with the line, see {@link testedIn}. */
  readonly tests: TestedValue
  /** The window and reference that the memory belongs to; after `|` the configured initial balance. */
  readonly basis: string
  /** What the limit is measured from. Null: what it refers to was not reported. */
  readonly reference: Amount | null
  /** The values at the window's start. */
  readonly startEquity: Amount | null
  readonly startBalance: Amount | null
  /** What the account began with, moved by cash flows as the limit says. Null: it began with 0, which is no reference. */
  readonly initial: Amount | null
  /** Whether the limit holds yet: `active_from` was reached in this window. */
  readonly active: boolean
  /** What its percentage is of; of an amount the reference. */
  readonly base: Amount | null
  /** The floor, or the ceiling of a profit. Null: not active, or not computable. */
  readonly line: Amount | null
  /** Where each tier begins, in the order of the tiers; empty without a line. */
  readonly tierLines: readonly Amount[]
  /** Whether a tier of it blocks; else it only warns. */
  readonly blocks: boolean
  /** The highest warning tier that was told in this crossing, percent of the room; null: none. */
  readonly warnedPct: Amount | null
  /** Where the mildest tier that blocks begins. Null: none blocks, or there is no line. */
  readonly blocksAt: Amount | null
  /** Why the limit cannot be computed; null: it can, or is not active. */
  readonly uncomputable: string | null
}

/** The value of a reading that is compared with a line. Null: the reading lacks it, or there is none. */
export function testedIn(
  tests: TestedValue,
  { equity, balance }: { readonly equity: Amount | null; readonly balance: Amount | null },
): Amount | null {
  switch (tests) {
    case 'equity':
      return equity
    case 'balance':
      return balance
    case 'lower':
      return equity === null || balance === null ? null : balance < equity ? balance : equity
    default:
      return tests satisfies never
  }
}

/** One reading, as far as limits use it. */
export interface Reading {
  readonly equity: Amount
  readonly balance: Amount | null
  /** Deposits less withdrawals since the account began; null: not reported, or they do not count. */
  readonly netDeposits: Amount | null
  readonly currency: string | null
  /** The bot's clock; null: not reported. */
  readonly at: Instant | null
}

/** A reading that differs too much from the last confirmed one, and waits for others. */
export interface PendingReading {
  /** The reading on this side that is nearest to the last confirmed one. */
  readonly nearest: Reading
  /** The last of them, and when it came. */
  readonly newest: Reading
  readonly newestAt: Instant
  readonly newestReceivedAt: Instant
  /** Which value differs, and in which direction; null: there is no confirmed reading yet. */
  readonly side: 'above' | 'below' | null
  readonly of: 'equity' | 'balance'
  /** When the first of them came, in the trader's time and in JetStream's, and by the bot's clock. */
  readonly since: Instant
  readonly receivedAt: Instant
  readonly reportedAt: Instant | null
}

/** Exactly 0 is believed when several readings over some time say so. */
export interface ZeroReadings {
  readonly count: number
  /** When the first of them came, in the trader's time and in JetStream's. */
  readonly since: Instant
  readonly receivedAt: Instant
  readonly reportedAt: Instant | null
}

/** Ticks that were only late or repeated, since the last one that was accepted. */
export interface LateTicks {
  readonly count: number
  /** When the first of them came, in JetStream's time. */
  readonly since: Instant
  /** Whether they came so often or so long that entries wait. */
  readonly blocks: boolean
}

/** Why entries wait although no limit is broken. All of it ends with the next good reading. */
export interface Doubt {
  readonly pending: PendingReading | null
  /** Readings of exactly 0, one after another; null: the last one was none. */
  readonly zeros: ZeroReadings | null
  /** Why the last tick was rejected for what it says; null: it was not. */
  readonly rejected: string | null
  readonly late: LateTicks | null
}

export const NO_DOUBT: Doubt = { pending: null, zeros: null, rejected: null, late: null }

/** What is remembered of closed trades. */
export interface TradeCounts {
  /** The newest ids, at most {@link TRADES_REMEMBERED}, by time. */
  readonly known: readonly { readonly id: string; readonly at: Instant }[]
  /** When the losing trades that count were closed, the newest last. */
  readonly losers: readonly Instant[]
  readonly losersInARow: number
  /** Trades of the window of `max_trades`, and when it began. */
  readonly inWindow: number
  readonly windowSince: Instant | null
}

/** What is remembered of cash flows. */
export interface FlowMemory {
  /** The newest ids, at most {@link FLOWS_REMEMBERED}. */
  readonly known: readonly { readonly id: string; readonly at: Instant }[]
  /** The sum of all flows of the account period. */
  readonly total: Amount
  /** The last flow: readings that are nearer to the equity before it may not know of it yet. */
  readonly last: { readonly at: Instant; readonly before: Amount; readonly after: Amount } | null
}

export const FLOWS_REMEMBERED = 16

/** What an operator said of a new account period. */
export interface AccountPeriod {
  readonly initialBalance: Amount | null
  readonly peak: Amount | null
  readonly dayStart: Amount | null
}

/** What a reading moves of a limit. Its lines follow from that. */
export type LimitMemory = Pick<LimitState, 'name' | 'reference' | 'startEquity' | 'startBalance' | 'initial' | 'active'>

/** What a reading changed: everything that is not named here, it left as it was. */
export interface Undo {
  readonly reading: Reading
  /** The version of its event. */
  readonly version: number
  readonly equity: Amount | null
  readonly balance: Amount | null
  readonly peakEquity: Amount | null
  readonly dayEquity: Amount | null
  readonly dayBalance: Amount | null
  readonly firstEquity: Amount | null
  readonly currency: string | null
  readonly pending: PendingReading | null
  readonly zeros: ZeroReadings | null
  readonly netDeposits: Amount | null
  readonly nonZero: NonZero | null
  readonly days: DayResults | null
  /** The limits whose memory it changed, as they were before. */
  readonly limitStates: readonly LimitMemory[]
}

/** Values of confirmed readings other than 0; null: there were none. */
export interface NonZero {
  readonly equity: Amount | null
  readonly balance: Amount | null
}

/** The results of trading days, net of flows. */
export interface DayResults {
  /** The best of the days that are over; null: none is. */
  readonly best: Amount | null
  /** The sum of the days that are over. */
  readonly sum: Amount
  /** Days with a confirmed reading, today included. */
  readonly count: number
  /** Whether today is among them. */
  readonly isCounted: boolean
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
  /** The balance of the last confirmed reading; null: it had none. */
  readonly balance: Amount | null
  /** The highest confirmed equity of the account, or its initial balance. */
  readonly peakEquity: Amount | null
  /** When the trading day began: the last reset that was applied, or the first tick. */
  readonly dayStartedAt: Instant | null
  readonly nextResetAt: Instant | null
  /** The equity from which the day's loss is measured. */
  readonly dayEquity: Amount | null
  /** Balance at the start of the day, if the bot reports one. */
  readonly dayBalance: Amount | null
  readonly pause: Pause | null
  /** Whether enforcement was on at the trader's last event: holds that are not enforced block nothing. */
  readonly enforced: boolean
  /** Limits broken while enforcement was off, recorded once until they recover. */
  readonly unenforced: readonly LimitName[]
  /** Limits at or beyond their warning threshold at the last confirmed reading, except those that hold the pause. */
  readonly warned: readonly LimitName[]
  /** The limits that judged, in their order. */
  readonly limitStates: readonly LimitState[]
  /** Names the limits for which they were computed; empty: none were, or the rules are older than 6. */
  readonly limitsKey: string
  readonly doubt: Doubt
  /** What is remembered of closed trades; null: none were reported. */
  readonly trades: TradeCounts | null
  /** What is remembered of cash flows; null: there were none. */
  readonly flows: FlowMemory | null
  /** Deposits less withdrawals that the last confirmed reading told; null: none did, or they do not count. */
  readonly netDeposits: Amount | null
  /** What a restart said of the account period; null: it said nothing, or there was none. */
  readonly period: AccountPeriod | null
  /** What the last usable reading changed, so that it can be undone; null: it cannot. */
  readonly undo: Undo | null
  /** The last values other than 0, while the last confirmed reading has a 0, which never becomes a reference. */
  readonly nonZero: NonZero | null
  /** For the reports of trading days; null: nothing has been reported in this period. */
  readonly days: DayResults | null
  /** JetStream time of the last accepted tick. Null: none yet, or none since rules recorded it. */
  readonly lastTickAt: Instant | null
  /** The time of the last accepted tick, if the trader is silent for too long; null: it is not. */
  readonly staleSince: Instant | null
  /** When the market opens, while it is closed and that blocks entries; null: it does not. */
  readonly opensAt: Instant | null
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
      readonly rule: LimitName
      /** What the limit asks for; a severer one during a pause is a fact of its own. Absent in events of rules before 6. */
      readonly action?: HoldAction
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
      /** An admin ended a firm hold before its time. */
      readonly firm?: true
    } & Author)
  /** Holds ended while others go on. */
  | { readonly kind: 'hold-ended'; readonly at: Instant; readonly holders: readonly Holder[] }
  /** A limit is measured from another value, and forgives a loss by that. */
  | { readonly kind: 'rebased'; readonly rule: LimitName; readonly from: Amount; readonly to: Amount }
  | { readonly kind: 'peak-rebased'; readonly from: Amount; readonly to: Amount }
  | { readonly kind: 'baseline-rebased'; readonly from: Amount; readonly to: Amount }
  /** A limit cannot be computed from now on, and blocks entries by that; null: it can again. */
  | { readonly kind: 'uncomputable'; readonly rule: LimitName; readonly reason: string | null }
  /** A reading differs too much from the last confirmed one, and waits for others. */
  | { readonly kind: 'reading-unconfirmed'; readonly equity: Amount; readonly balance: Amount | null }
  /** Others agreed with it, or nothing contradicted it for long enough. */
  | {
      readonly kind: 'reading-confirmed'
      readonly at: Instant
      readonly equity: Amount
      readonly balance: Amount | null
    }
  /** A later reading contradicted it. */
  | { readonly kind: 'reading-dropped'; readonly equity: Amount; readonly balance: Amount | null }
  /** Enforcement was switched: the holds of the pause block nothing, or block again. */
  | { readonly kind: 'enforcement'; readonly at: Instant; readonly enforced: boolean }
  /** Ticks that are late or repeated came so often or so long that entries wait. */
  | { readonly kind: 'out-of-order'; readonly at: Instant; readonly count: number }
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
  | ({
      readonly kind: 'restarted'
      readonly initialBalance: Amount | null
      readonly peak: Amount | null
      readonly dayStart: Amount | null
      readonly reason: string
    } & Author)
  /** What a limit is measured from was set, or the last reading was voided. */
  | ({
      readonly kind: 'corrected'
      readonly rule: LimitName | null
      readonly from: Amount | null
      readonly to: Amount | null
      readonly reason: string
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
  | { readonly kind: 'warned'; readonly rule: LimitName; readonly observedPct: Amount; readonly limitPct: Amount }
  | { readonly kind: 'feed-stale'; readonly since: Instant }
  | { readonly kind: 'feed-restored'; readonly since: Instant }
  /** The market closed, and that blocks entries; or it opens at another time than was told. */
  | { readonly kind: 'session-closed'; readonly since: Instant; readonly until: Instant }
  /** It is open, or closed without blocking entries. Null: since nobody can say when, as settings say so. */
  | { readonly kind: 'session-opened'; readonly since: Instant | null }

/** The room to the nearest line that blocks entries. */
export interface Budget {
  /** In money: a loss of so much breaks the limit; 0 or less if it is broken. */
  readonly room: Amount
  readonly limit: LimitName
  /** What part of their usual size new positions may have, by `budget_steps`: 0 to 1. */
  readonly factor: Amount
}

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
  /** How much may be lost yet. Null: nothing has been reported, no limit can be computed, or the rules are older than 6. */
  readonly budget: Budget | null
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

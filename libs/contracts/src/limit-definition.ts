import type { Amount } from './amount.ts'
import type { LimitName } from './limit-name.ts'
import type { Reference } from './references/reference-kinds.ts'

/** When a limit begins again. Windows begin at the reset time; a week on `week_starts`; a lifetime never ends. */
export const WINDOWS = ['day', 'week', 'month', 'lifetime'] as const
export type Window = (typeof WINDOWS)[number]

/** A value of a reading. `lower`: of equity and balance. */
export type TestedValue = 'equity' | 'balance' | 'lower'

/** The room between reference and line: an amount, or a percentage. */
export type LimitSize =
  | { readonly kind: 'amount'; readonly amount: Amount }
  | { readonly kind: 'percent'; readonly percent: Amount; readonly of: PercentageBase }

/** What a percentage is of: the initial balance, the reference, or equity or balance at the window's start. */
export type PercentageBase = 'initial' | 'reference' | 'start-equity' | 'start-balance'

/** From the mildest to the severest. */
export const TIER_ACTIONS = ['warn', 'block-entries', 'flatten'] as const
export type TierAction = (typeof TIER_ACTIONS)[number]

/** What happens when so much of the room is used up, inclusive. */
export interface Tier {
  /** Above 0, at most 100. */
  readonly atPct: Amount
  readonly action: TierAction
}

/** The profit at which a limit begins to hold: an amount, or percent of the value at the window's start. */
export type Profit =
  | { readonly kind: 'amount'; readonly amount: Amount }
  | { readonly kind: 'percent'; readonly percent: Amount }

/** How a pause ends that a limit made: after its least time, with the window, at a time of day, or by an operator. */
export type LimitEnd =
  | { readonly kind: 'timer' }
  | { readonly kind: 'next-window' }
  | { readonly kind: 'at'; readonly time: string }
  | { readonly kind: 'manual' }

/** A limit: a line under equity that entries must not touch, or for a profit one above it. */
export interface LimitDefinition {
  readonly name: LimitName
  readonly measure: 'loss' | 'profit'
  readonly tested: TestedValue
  readonly window: Window
  readonly reference: Reference
  readonly size: LimitSize
  /** The line rises no higher than the initial balance plus this; null: it may. */
  readonly lockPlus: Amount | null
  /** By rising percentage. */
  readonly tiers: readonly Tier[]
  readonly ends: LimitEnd
  /** The least time of a pause, minutes. */
  readonly leastMinutes: number
  /** What the reference does when time ends a pause. */
  readonly onEnd: 'keep' | 'rebase'
  /** What a deposit or withdrawal does to the reference: no percentage changes, no room in money, or nothing moves. */
  readonly flows: 'scale' | 'shift' | 'fixed'
  /** Null: the limit holds from the window's start. */
  readonly activeFrom: Profit | null
}

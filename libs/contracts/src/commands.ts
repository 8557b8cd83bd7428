import type { Amount } from './amount.ts'
import type { Author } from './author.ts'
import type { Instant } from './instant.ts'
import type { LimitName } from './limit-name.ts'
import type { LimitOverrides } from './limits.ts'
import type { TraderId } from './subjects.ts'

/** Reason, author, and on whose behalf. A claim of the payload: {@link signedBy} says who it really was. */
export interface Signature<Reason = string | null> extends Author {
  readonly reason: Reason
}

/** A command of an operator to one trader, or a timer's wake-up. */
export type TraderControl =
  | ({
      readonly kind: 'pause'
      readonly until: Instant | null
      /** Whether nobody but an admin ends it early. */
      readonly firm: boolean
    } & Signature<string>)
  | ({
      readonly kind: 'resume'
      /** Whose holds end; null: the caller's own. */
      readonly holders: readonly string[] | null
      /** Whether a limit that is still broken is measured from now on: that forgives the loss. */
      readonly rebase: boolean
      /** Whether an admin asks, who may end firm holds. */
      readonly admin: boolean
    } & Signature)
  | ({ readonly kind: 'limits'; readonly limits: LimitOverrides } & Signature)
  | ({
      readonly kind: 'cash-flow'
      readonly amount: Amount
      /** Counts once; null: it always counts. */
      readonly id: string | null
      /** When it was; null: now. */
      readonly at: Instant | null
      /** Whether the last reading has it already. */
      readonly inEquity: boolean
      /** Whether it may leave nothing, or be larger than the equity. */
      readonly force: boolean
    } & Signature)
  | ({
      readonly kind: 'restart'
      readonly initialBalance: Amount | null
      readonly peak: Amount | null
      readonly dayStart: Amount | null
    } & Signature<string>)
  | ({ readonly kind: 'correct'; readonly correction: Correction } & Signature<string>)
  | { readonly kind: 'wake' }

/** What is corrected: what a limit is measured from, or the last reading, which is voided. */
export type Correction =
  | { readonly kind: 'reference'; readonly limit: LimitName; readonly reference: Amount }
  | { readonly kind: 'void'; readonly version: number }

export interface GlobalLimitsChange extends Signature {
  readonly kind: 'limits'
  readonly limits: LimitOverrides
  readonly traders: Readonly<Record<TraderId, LimitOverrides>>
  readonly maxTraders: number | null
}

export interface FlagsChange extends Signature {
  readonly kind: 'flags'
  readonly enforcement: boolean | null
  readonly persistence: boolean | null
  /** Pauses all traders; null: ends that. Absent: it stays as it is. */
  readonly pauseAll?: { readonly until: Instant | null } | null
}

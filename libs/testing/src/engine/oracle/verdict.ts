/** Why entries are blocked; the first of these that applies is told. */
export const CODES = [
  'unconfirmed',
  'no-reading',
  'limit',
  'operator',
  'closed',
  'rejected',
  'out-of-order',
  'silent',
  'uncomputable',
] as const
export type Code = (typeof CODES)[number]

/** Something that happened, at the moment at which it did. */
export interface Fact {
  readonly at: number
  readonly what: string
  readonly of?: string
}

/** What an input comes to and what holds after it. Decimals are strings; moments are milliseconds since 1970. */
export interface Verdict {
  readonly outcome: 'event' | 'nothing' | 'refused'
  readonly refusedWhy: string | null
  /** Why this very reading was rejected. */
  readonly rejected: string | null
  readonly allowed: boolean
  readonly code: Code | 'ok'
  /** All that apply. */
  readonly codes: readonly Code[]
  readonly action: 'none' | 'block-entries' | 'flatten'
  /** `limit:<name>` and `operator:<name>`, applied or not. */
  readonly holders: readonly string[]
  /** When the last of the applied holds may end by itself; null: none holds, or nobody knows. */
  readonly until: number | null
  /** In the order in which they happened. */
  readonly facts: readonly Fact[]
  readonly breaches: readonly string[]
  readonly worseTiers: readonly string[]
  readonly warned: readonly string[]
  readonly unenforced: readonly string[]
  readonly uncomputable: readonly string[]
  /** The largest amount that breaks the whole limit. */
  readonly floors: Readonly<Record<string, string>>
  /** The smallest amount that reaches the whole limit. */
  readonly ceilings: Readonly<Record<string, string>>
  readonly references: Readonly<Record<string, string>>
  /** The loss or profit as a percentage of what the limit is a percentage of; of an amount, of its reference. */
  readonly percent: Readonly<Record<string, string>>
  /** How much of the way from the reference to the line is gone, percent. */
  readonly used: Readonly<Record<string, string>>
  /** The loss that breaks the nearest limit that blocks. */
  readonly room: string | null
  readonly nearest: string | null
  readonly factor: string | null
  readonly dayPnl: string | null
  readonly drawdownPct: string | null
  /** Last confirmed. */
  readonly equity: string | null
  /** The newest reading that is not confirmed. */
  readonly pending: string | null
  /** Changes of limits that wait: the field, and when it takes effect. */
  readonly waiting: readonly { readonly field: string; readonly from: number }[]
  /** The next moment at which something happens by itself. */
  readonly wakeAt: number | null
  readonly report: Report
}

export interface Report {
  readonly consistency: {
    readonly best_day: string
    readonly profit: string
    readonly share_percent: string | null
    readonly profit_needed: string
    readonly met: boolean
  } | null
  readonly minDays: { readonly days: number; readonly met: boolean } | null
  readonly profitTarget: { readonly target: string; readonly distance: string } | null
}

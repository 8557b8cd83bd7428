import type { Action, LimitSpec, Settings } from './config.ts'
import type { Fraction } from './fractions.ts'

/** A report of a bot that can be used. */
export interface Reading {
  readonly equity: Fraction
  readonly balance: Fraction | null
  readonly netDeposits: Fraction | null
  readonly currency: string | null
  readonly seq: number | null
  readonly run: string | null
  /** When it was received. */
  readonly server: number
  /** The bot's own time. */
  readonly event: number | null
}

/** What keeps entries blocked until it ends or is lifted. */
export type Hold =
  | {
      readonly by: 'limit'
      /** The limit, or the rule of trades. */
      readonly name: string
      /** When its least time is over; null: only an operator ends it. */
      readonly until: number | null
      readonly onEnd: 'keep' | 'rebase'
      /** The worst tier that was reached. */
      action: Action
    }
  | {
      readonly by: 'operator'
      readonly name: string
      until: number | null
      /** Until then only an admin lifts it. */
      firmUntil: number | null
    }

/** The numbers of one limit, which move by its own definition and by cash flows. */
export interface Memory {
  reference: Fraction | null
  initial: Fraction | null
  startEquity: Fraction | null
  startBalance: Fraction | null
  /** Whether the profit of `active_from` was reached in this window. */
  active: boolean
}

/** All that readings and windows move. `in_equity` and `correct` restore it as a whole. */
export interface Book {
  /** The last confirmed reading; null: none since the account period began. */
  last: Reading | null
  /** The last confirmed values that may become references. */
  known: { equity: Fraction | null; balance: Fraction | null }
  initial: Fraction | null
  /** The equity of the first confirmed reading. */
  first: Fraction | null
  memories: Map<string, Memory>
  dayStart: Fraction | null
  dayStartBalance: Fraction | null
  peak: Fraction | null
  /** The sum of the flows since the account period began. */
  flows: Fraction
  /** Cumulative flows that a bot reported. */
  netDeposits: Fraction | null
  currency: string | null
  days: { best: Fraction | null; sum: Fraction; count: number; counted: boolean }
  /** Readings that are not confirmed, in order, all on one side of the last confirmed one. */
  pending: Reading[]
  side: number
  /** Readings with exactly 0, one after another. */
  zeros: Reading[]
}

/** What a command said that is not in force yet. */
export interface Waiting {
  /** `<limit>.<parameter>`, `<limit>` for its removal, or a setting. */
  readonly field: string
  readonly limit: string | null
  readonly value: unknown
  readonly from: number
}

export interface Trade {
  readonly id: string
  readonly at: number
  readonly pnl: Fraction
}

export interface State {
  /** The time that rules use; null: nothing came yet. */
  time: number | null
  /** The server's time of the newest input. */
  received: number
  settings: Settings
  limits: Map<string, Partial<LimitSpec>>
  /** The limits of the configuration, over which commands say others. */
  readonly configured: ReadonlyMap<string, Partial<LimitSpec>>
  waiting: Waiting[]
  enforced: boolean
  /** The pause of all traders that was asked for last; its end may have passed. */
  pauseOfAll: { readonly until: number | null } | null
  /** Whether the trader is one: it has reported, or obeyed a command. */
  known: boolean
  book: Book
  /** What `book` was before the last usable reading, with that reading; null: something else moved it since. */
  before: { book: Book; reading: Reading } | null
  /** What a restart said of the period that begins. */
  period: { initial: Fraction | null; peak: Fraction | null; dayStart: Fraction | null }
  holds: Hold[]
  /** Limits that are broken while enforcement is off, and were told. */
  recorded: Set<string>
  /** The highest tier of each limit that warned in this crossing, percent. */
  warned: Map<string, Fraction>
  /** Limits that cannot be computed, and were told. */
  uncomputable: Set<string>
  heard: number | null
  silent: boolean
  /** Whether a closed market blocks entries, and when it opens; null: it does not. */
  opensAt: number | null
  rejected: boolean
  late: { count: number; since: number; blocks: boolean }
  run: string | null
  pastRuns: string[]
  seq: number | null
  flow: { at: number; before: Fraction; after: Fraction } | null
  flowIds: { id: string; at: number }[]
  tradeIds: { id: string; at: number }[]
  losers: Trade[]
  losersInARow: number
  closedInWindow: number
  windowSince: number | null
}

export const emptyBook = (): Book => ({
  last: null,
  known: { equity: null, balance: null },
  initial: null,
  first: null,
  memories: new Map(),
  dayStart: null,
  dayStartBalance: null,
  peak: null,
  flows: { over: 0n, under: 1n },
  netDeposits: null,
  currency: null,
  days: { best: null, sum: { over: 0n, under: 1n }, count: 0, counted: false },
  pending: [],
  side: 0,
  zeros: [],
})

export const emptyState = (settings: Settings, limits: Map<string, Partial<LimitSpec>>, enforced: boolean): State => ({
  time: null,
  received: Number.NEGATIVE_INFINITY,
  settings,
  limits,
  configured: limits,
  waiting: [],
  enforced,
  pauseOfAll: null,
  known: false,
  book: emptyBook(),
  before: null,
  period: { initial: null, peak: null, dayStart: null },
  holds: [],
  recorded: new Set(),
  warned: new Map(),
  uncomputable: new Set(),
  heard: null,
  silent: false,
  opensAt: null,
  rejected: false,
  late: { count: 0, since: 0, blocks: false },
  run: null,
  pastRuns: [],
  seq: null,
  flow: null,
  flowIds: [],
  tradeIds: [],
  losers: [],
  losersInARow: 0,
  closedInWindow: 0,
  windowSince: null,
})

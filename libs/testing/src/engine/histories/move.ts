import type { LimitSpec, Settings } from '../oracle/config.ts'

/** When a move comes, measured by what holds then. */
export type When =
  | { readonly by: 'wait'; readonly ms: number }
  /** So many milliseconds from the next wake-up, window, end of a pause, or opening or closing of the market. */
  | { readonly by: 'wake' | 'window' | 'until' | 'session'; readonly offset: number }

/** An amount, measured by what holds then. */
export type Value =
  | { readonly by: 'amount'; readonly amount: string }
  /** A line, so many units of 1e-8 from it, so many percent of the way to it. */
  | { readonly by: 'line'; readonly index: number; readonly percent: number; readonly units: number }
  /** So many percent from the last confirmed equity. */
  | { readonly by: 'percent'; readonly percent: number; readonly units: number }
  | { readonly by: 'pending' | 'same' }

export type Order = 'none' | 'next' | 'again' | 'back' | 'new-run' | 'old-run'

export type Move =
  | {
      readonly kind: 'reading'
      readonly equity: Value
      readonly balance: 'none' | 'same' | 'above' | 'below' | 'last' | 'zero'
      readonly order: Order
      readonly currency: string | null
      /** How far the bot's clock is from the server's. */
      readonly skew: number | null
      readonly trades: readonly { readonly id: string; readonly pnl: string; readonly ago: number | null }[]
      readonly deposits: string
    }
  | { readonly kind: 'raw'; readonly raw: string }
  | { readonly kind: 'ask' }
  | { readonly kind: 'pause'; readonly by: string; readonly lasts: number | null; readonly firm: boolean }
  | {
      readonly kind: 'resume'
      readonly by: string
      readonly which: number | null
      readonly rebase: boolean
      readonly admin: boolean
    }
  | { readonly kind: 'change'; readonly which: number; readonly change: Partial<LimitSpec> | null }
  | { readonly kind: 'add'; readonly spec: LimitSpec }
  | { readonly kind: 'settings'; readonly change: Partial<Settings> }
  | { readonly kind: 'flags'; readonly on: boolean }
  /** With enforcement or without; `end`: of the pause. */
  | { readonly kind: 'pause-all'; readonly lasts: number | null | 'end'; readonly on: boolean | null }
  | {
      readonly kind: 'flow'
      readonly amount: string
      readonly id: string | null
      readonly inEquity: boolean
      readonly force: boolean
    }
  | {
      readonly kind: 'restart'
      readonly initial: string | null
      readonly peak: string | null
      readonly dayStart: string | null
    }
  | { readonly kind: 'correct'; readonly which: number | null; readonly reference: Value }

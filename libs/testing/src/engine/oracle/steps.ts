import type { Decimal, LimitSpec, Settings } from './config.ts'

export interface ClosedTrade {
  readonly id: string
  readonly at?: string
  readonly pnl: Decimal
}

/** What a bot reports. A field of null is absent. */
export interface ReadingStep {
  readonly at: string
  readonly equity: Decimal
  readonly balance?: Decimal | null
  readonly net_deposits?: Decimal | null
  readonly currency?: string
  readonly seq?: number
  readonly run?: string
  /** The bot's own time of it. */
  readonly reading_at?: string
  readonly closed?: readonly ClosedTrade[]
}

export type Command =
  | {
      readonly kind: 'pause'
      readonly reason?: string
      readonly by?: string
      readonly until?: string | null
      readonly firm?: boolean
    }
  | {
      readonly kind: 'resume'
      readonly reason?: string
      readonly by?: string
      readonly holder?: string | readonly string[]
      readonly rebase?: boolean
      readonly admin?: boolean
    }
  | {
      readonly kind: 'limits'
      readonly set?: Readonly<Record<string, Partial<LimitSpec> | null>>
      readonly short?: Partial<Settings>
    }
  | {
      readonly kind: 'flags'
      readonly enable_risk_enforcement?: boolean
      /** Pauses all traders; null ends that. */
      readonly pause_all?: { readonly until?: string | null } | null
      readonly reason?: string
    }
  | {
      readonly kind: 'cash-flow'
      readonly amount: Decimal
      readonly id?: string
      readonly at?: string
      readonly in_equity?: boolean
      readonly force?: boolean
    }
  | {
      readonly kind: 'restart'
      readonly reason?: string
      readonly initial_balance?: Decimal
      readonly peak?: Decimal
      readonly day_start?: Decimal
    }
  | {
      readonly kind: 'correct'
      readonly reason?: string
      readonly limit?: string
      readonly reference?: Decimal
      readonly void?: boolean
    }
  | { readonly kind: 'process-restart' }

/** One input: a reading, what cannot be read as one, a command, or only the passing of time. */
export type Step =
  | ReadingStep
  | { readonly at: string; readonly raw: string }
  | { readonly at: string; readonly ask: true }
  | { readonly at: string; readonly command: Command }

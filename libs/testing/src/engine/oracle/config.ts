import type { Weekday, Window } from './calendar.ts'

/** How limits and settings are written, in configuration and commands alike. A number may be a decimal string. */
export type Decimal = string | number
export type Action = 'warn' | 'block-entries' | 'flatten'
export type PauseEnd = 'timer' | 'next-window' | 'next-day' | 'at' | 'manual'
export type Flows = 'scale' | 'shift' | 'fixed'
export type Field = 'equity' | 'balance'

export type Size =
  | { readonly amount: Decimal }
  | { readonly percent: Decimal; readonly of: 'initial' | 'reference' | 'start-equity' | 'start-balance' }

export interface Reference {
  readonly kind: 'start' | 'peak' | 'initial'
  readonly of?: Field | 'higher'
  readonly sampled?: 'continuous' | 'every-tick' | 'day-close'
}

export interface Tier {
  readonly at_percent: Decimal
  readonly action: Action
}

export interface LimitSpec {
  readonly measure?: 'loss' | 'profit'
  readonly tested?: Field | 'lower'
  readonly window: Window
  readonly reference: Reference
  readonly limit: Size
  readonly lock?: { readonly initial_plus: Decimal } | null
  readonly tiers?: readonly Tier[] | null
  readonly ends?: PauseEnd | null
  readonly ends_at?: string | null
  readonly least_minutes?: number | null
  readonly on_end?: 'keep' | 'rebase' | null
  readonly flows?: Flows | null
  readonly active_from?: { readonly profit: { readonly amount: Decimal } | { readonly percent: Decimal } } | null
  readonly warn_only?: boolean | null
}

export interface LosingTrades {
  readonly count: number
  readonly in_a_row?: boolean
  readonly within_minutes?: number
  readonly min_loss?: Decimal
  readonly least_minutes?: number
}

export interface MaxTrades {
  readonly count: number
  readonly window: Exclude<Window, 'lifetime'>
  readonly least_minutes?: number
}

export interface BudgetStep {
  /** The factor holds while more than so much of the room is left. */
  readonly above_percent: Decimal
  readonly factor: Decimal
}

/** When a market is open, by the clocks of a zone. */
export interface Sessions {
  readonly zone: string
  /** `mon-fri 09:30-16:00`: on each of these days. `sun 17:00-fri 17:00`: one session. */
  readonly hours: readonly string[]
  readonly holidays?: readonly string[]
  readonly block_entries?: boolean
}

/** All that a trader is judged by, but its limits in the long form. */
export interface Settings {
  readonly initial_balance: Decimal | null
  readonly first_day: 'initial-balance' | 'first-reading'
  readonly currency: string | null
  readonly reset_time: string
  readonly reset_time_zone: string
  readonly week_starts: Weekday
  readonly time_base: 'server' | 'event'
  readonly confirm_jump: { readonly percent: Decimal; readonly seconds: number } | null
  readonly stale_after_seconds: number | null
  readonly sessions: Sessions | null
  readonly loosen_after_minutes: number
  readonly stop_trading_minutes: number
  readonly warn_at_percent: Decimal
  readonly net_deposits: boolean
  readonly budget_steps: readonly BudgetStep[] | null
  readonly max_losing_trades: LosingTrades | null
  readonly max_trades: MaxTrades | null
  readonly max_daily_loss: Decimal | null
  readonly daily_loss_of: 'initial-balance' | 'equity-at-reset' | 'balance-at-reset'
  readonly daily_loss_ends: PauseEnd
  readonly max_drawdown: Decimal | null
  readonly drawdown_ends: PauseEnd
  /** What limits that say nothing else do when their pause ends by time. */
  readonly on_end: 'keep' | 'rebase'
  /** The share of the profit, in percent, that the best day may have. */
  readonly consistency: { readonly percent: Decimal; readonly strict?: boolean } | null
  readonly min_days: number | null
  readonly profit_target: { readonly amount: Decimal } | { readonly percent: Decimal } | null
}

export const DEFAULT_SETTINGS: Settings = {
  initial_balance: null,
  first_day: 'initial-balance',
  currency: null,
  reset_time: '00:00',
  reset_time_zone: 'UTC',
  week_starts: 'monday',
  time_base: 'server',
  confirm_jump: { percent: 20, seconds: 5 },
  stale_after_seconds: 300,
  sessions: null,
  loosen_after_minutes: 0,
  stop_trading_minutes: 60,
  warn_at_percent: 80,
  net_deposits: false,
  budget_steps: null,
  max_losing_trades: null,
  max_trades: null,
  max_daily_loss: null,
  daily_loss_of: 'initial-balance',
  daily_loss_ends: 'next-window',
  max_drawdown: null,
  drawdown_ends: 'timer',
  on_end: 'keep',
  consistency: null,
  min_days: null,
  profit_target: null,
}

/** What an oracle is made of: settings that are not given have their defaults. */
export interface OracleConfig extends Partial<Settings> {
  readonly day?: { readonly reset_time: string; readonly zone: string }
  readonly limits: readonly (LimitSpec & { readonly name: string })[]
  readonly enforcement?: boolean
}

export function settingsOf(config: OracleConfig): Settings {
  const { day, limits: _limits, enforcement: _enforcement, ...given } = config
  const reset = day === undefined ? {} : { reset_time: day.reset_time, reset_time_zone: day.zone }
  return { ...DEFAULT_SETTINGS, ...reset, ...given }
}

/** The short forms of two limits, written out. */
export function shortForms(settings: Settings): [string, LimitSpec][] {
  const specs: [string, LimitSpec][] = []
  const base = {
    'initial-balance': 'initial',
    'equity-at-reset': 'start-equity',
    'balance-at-reset': 'start-balance',
  } as const
  if (settings.max_daily_loss !== null) {
    specs.push([
      'max_daily_loss',
      {
        window: 'day',
        reference: { kind: 'start', of: 'equity' },
        limit: { percent: settings.max_daily_loss, of: base[settings.daily_loss_of] },
        ends: settings.daily_loss_ends,
      },
    ])
  }
  if (settings.max_drawdown !== null) {
    specs.push([
      'max_drawdown',
      {
        window: 'lifetime',
        reference: { kind: 'peak', of: 'equity', sampled: 'continuous' },
        limit: { percent: settings.max_drawdown, of: 'reference' },
        ends: settings.drawdown_ends,
      },
    ])
  }
  return specs
}

import Type from 'typebox'
import { type Amount, describe, formatAmount, parseAmount } from './amount.ts'
import { compileCheck } from './faults.ts'
import type { Instant } from './instant.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** How the pause of a rule ends: after its least time, at the next daily reset, or by an operator. */
export type PauseEnd = 'timer' | 'next-day' | 'manual'
/** What `max_daily_loss` is a percentage of. */
export type DailyLossBase = 'initial-balance' | 'equity-at-reset' | 'balance-at-reset'
/** Whose clock decides: JetStream's, or the tick's own `at`. */
export type TimeBase = 'server' | 'event'

/** The limits one trader is judged by. */
export interface Limits {
  /** Percent of {@link DailyLossBase}, inclusive; null: not judged. */
  readonly maxDailyLossPct: Amount | null
  /** Percent below peak equity, inclusive; null: not judged. */
  readonly maxDrawdownPct: Amount | null
  /** The least time of a pause, minutes. */
  readonly stopTradingMinutes: number
  /** Null: the first equity. */
  readonly initialBalance: Amount | null
  readonly dailyLossBase: DailyLossBase
  /** HH:MM, in {@link resetTimeZone}. */
  readonly resetTime: string
  /** IANA name. */
  readonly resetTimeZone: string
  readonly dailyLossEnds: PauseEnd
  readonly drawdownEnds: PauseEnd
  readonly timeBase: TimeBase
  /** Percent of a limit at which a warning is given; 100: none is. */
  readonly warnAtPct: Amount
  /** Without an accepted tick for so long the trader is silent; null: silence is not judged. */
  readonly staleAfterSeconds: number | null
  /** How long a change of limits that loosens them waits until it takes force; 0: not at all. */
  readonly loosenAfterMinutes: number
}

/** Limits of one trader that differ from the defaults. */
export type LimitOverrides = Partial<Limits>

/** Limits that are named already and take force later. */
export interface PendingLimits {
  /** JetStream time: inputs from then on are judged by them. */
  readonly at: Instant
  readonly limits: LimitOverrides
}

/** What holds where nothing else is configured; the first three are those of the original's sample configuration. */
export const DEFAULT_LIMITS: Limits = {
  maxDailyLossPct: 10_00000000n,
  maxDrawdownPct: 20_00000000n,
  stopTradingMinutes: 60,
  initialBalance: null,
  dailyLossBase: 'initial-balance',
  resetTime: '00:00',
  resetTimeZone: 'UTC',
  dailyLossEnds: 'next-day',
  drawdownEnds: 'timer',
  timeBase: 'server',
  warnAtPct: 80_00000000n,
  staleAfterSeconds: null,
  loosenAfterMinutes: 0,
}

const pauseEnd = Type.Union([Type.Literal('timer'), Type.Literal('next-day'), Type.Literal('manual')], {
  description: '"timer", "next-day" or "manual"',
})
const percent = Type.Union([Type.Number(), Type.String(), Type.Null()], {
  description: 'a percentage above 0 and at most 100, or null for no limit',
})

/** Limits as people write them: every field optional, so that it changes only what it names. */
export const LimitFields = {
  max_daily_loss: Type.Optional(percent),
  max_drawdown: Type.Optional(percent),
  stop_trading_minutes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 525_600, description: 'whole minutes, 1 to 525600' }),
  ),
  initial_balance: Type.Optional(
    Type.Union([Type.Number(), Type.String(), Type.Null()], {
      description: 'an amount above 0, or null for the first equity',
    }),
  ),
  daily_loss_of: Type.Optional(
    Type.Union([Type.Literal('initial-balance'), Type.Literal('equity-at-reset'), Type.Literal('balance-at-reset')], {
      description: '"initial-balance", "equity-at-reset" or "balance-at-reset"',
    }),
  ),
  reset_time: Type.Optional(
    Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'a time of day like "17:00"' }),
  ),
  reset_time_zone: Type.Optional(Type.String({ description: 'an IANA time zone like "America/New_York"' })),
  daily_loss_ends: Type.Optional(pauseEnd),
  drawdown_ends: Type.Optional(pauseEnd),
  time_base: Type.Optional(
    Type.Union([Type.Literal('server'), Type.Literal('event')], { description: '"server" or "event"' }),
  ),
  warn_at_percent: Type.Optional(
    Type.Union([Type.Number(), Type.String()], { description: 'a percentage above 0 and at most 100' }),
  ),
  stale_after_seconds: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: 31_536_000 }), Type.Null()], {
      description: 'whole seconds, 1 to 31536000, or null',
    }),
  ),
  loosen_after_minutes: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 525_600, description: 'whole minutes, 0 to 525600' }),
  ),
} as const

export const LimitsSchema = Type.Object(LimitFields, { $id: 'Limits', additionalProperties: false })
/** The written form of limits: `{"max_daily_loss": 5, "stop_trading_minutes": 30}`. */
export type LimitsMessage = Type.Static<typeof LimitsSchema>

const checkLimits = compileCheck<LimitsMessage>(LimitsSchema)

/** Reads limits; the reason of a refusal names every field at fault. */
export function parseLimits(value: unknown): Parsed<LimitOverrides> {
  const checked = checkLimits(value)
  return checked.ok ? limitsFromMessage(checked.value) : checked
}

/** Reads the values of limits whose fields have been checked. */
export function limitsFromMessage(message: LimitsMessage): Parsed<LimitOverrides> {
  const faults: string[] = []
  const limits: { -readonly [K in keyof Limits]?: Limits[K] } = {}
  const amount = (name: string, value: number | string | null, max: Amount): Amount | null => {
    if (value === null) return null
    const read = parseAmount(value)
    if (!read.ok) faults.push(`${name} ${read.reason}`)
    else if (read.value <= 0n || read.value > max) {
      faults.push(`${name} must be above 0${max === HUNDRED ? ' and at most 100' : ''}, got ${value}`)
    } else return read.value
    return null
  }
  if (message.max_daily_loss !== undefined)
    limits.maxDailyLossPct = amount('max_daily_loss', message.max_daily_loss, HUNDRED)
  if (message.max_drawdown !== undefined) limits.maxDrawdownPct = amount('max_drawdown', message.max_drawdown, HUNDRED)
  if (message.stop_trading_minutes !== undefined) limits.stopTradingMinutes = message.stop_trading_minutes
  if (message.initial_balance !== undefined) {
    limits.initialBalance = amount('initial_balance', message.initial_balance, UNBOUNDED)
  }
  if (message.daily_loss_of !== undefined) limits.dailyLossBase = message.daily_loss_of
  if (message.reset_time !== undefined) limits.resetTime = message.reset_time
  if (message.reset_time_zone !== undefined) {
    if (isTimeZone(message.reset_time_zone)) limits.resetTimeZone = message.reset_time_zone
    else
      faults.push(
        `reset_time_zone must be an IANA time zone like "America/New_York", got ${describe(message.reset_time_zone)}`,
      )
  }
  if (message.daily_loss_ends !== undefined) limits.dailyLossEnds = message.daily_loss_ends
  if (message.drawdown_ends !== undefined) limits.drawdownEnds = message.drawdown_ends
  if (message.time_base !== undefined) limits.timeBase = message.time_base
  if (message.warn_at_percent !== undefined) {
    limits.warnAtPct = amount('warn_at_percent', message.warn_at_percent, HUNDRED) ?? DEFAULT_LIMITS.warnAtPct
  }
  if (message.stale_after_seconds !== undefined) limits.staleAfterSeconds = message.stale_after_seconds
  // JSON has a -0, which is written as 0.
  if (message.loosen_after_minutes !== undefined) limits.loosenAfterMinutes = message.loosen_after_minutes + 0
  return faults.length === 0 ? parsed(limits) : refused(faults.join('; '))
}

const HUNDRED = 100_00000000n
const UNBOUNDED = 10n ** 23n

/** UTC is known, as Intl takes 10 ms to begin. */
const timeZones = new Map<string, boolean>([['UTC', true]])
/**
 * `IST` and its like are no IANA names but ICU's own, each one of several zones; Intl takes them, Temporal does not.
 * The few that IANA has are let through.
 */
const AMBIGUOUS_ZONE = /^(?!CET|EET|EST|GMT|HST|MET|MST|WET)[A-Z]{2}T$/i
const ZONE_CHARACTERS = /^[A-Za-z0-9_+:/-]{1,64}$/

function isTimeZone(name: string): boolean {
  if (!ZONE_CHARACTERS.test(name) || AMBIGUOUS_ZONE.test(name)) return false
  let known = timeZones.get(name)
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name })
      known = true
    } catch {
      known = false
    }
    if (timeZones.size < 1000) timeZones.set(name, known)
  }
  return known
}

/** The written form of limits, amounts as decimal strings; `parseLimits` gives the same limits back. */
export function limitsToMessage(limits: LimitOverrides): LimitsMessage {
  const message: { -readonly [K in keyof LimitsMessage]: LimitsMessage[K] } = {}
  if (limits.maxDailyLossPct !== undefined) message.max_daily_loss = formatNullable(limits.maxDailyLossPct)
  if (limits.maxDrawdownPct !== undefined) message.max_drawdown = formatNullable(limits.maxDrawdownPct)
  if (limits.stopTradingMinutes !== undefined) message.stop_trading_minutes = limits.stopTradingMinutes
  if (limits.initialBalance !== undefined) message.initial_balance = formatNullable(limits.initialBalance)
  if (limits.dailyLossBase !== undefined) message.daily_loss_of = limits.dailyLossBase
  if (limits.resetTime !== undefined) message.reset_time = limits.resetTime
  if (limits.resetTimeZone !== undefined) message.reset_time_zone = limits.resetTimeZone
  if (limits.dailyLossEnds !== undefined) message.daily_loss_ends = limits.dailyLossEnds
  if (limits.drawdownEnds !== undefined) message.drawdown_ends = limits.drawdownEnds
  if (limits.timeBase !== undefined) message.time_base = limits.timeBase
  if (limits.warnAtPct !== undefined) message.warn_at_percent = formatAmount(limits.warnAtPct)
  if (limits.staleAfterSeconds !== undefined) message.stale_after_seconds = limits.staleAfterSeconds
  if (limits.loosenAfterMinutes !== undefined) message.loosen_after_minutes = limits.loosenAfterMinutes
  return message
}

function formatNullable(amount: Amount | null): string | null {
  return amount === null ? null : formatAmount(amount)
}

import {
  DEFAULT_LIMITS,
  type LimitOverrides,
  type LimitsMessage,
  LimitsSchema,
  limitsToMessage,
  type Parsed,
  parsed,
  parseLimits,
  refused,
} from '@drawbridge/contracts'
import type { TSchema } from 'typebox'
import { readSettings, type Source } from './read-settings.ts'
import type { Setting } from './setting.ts'

/** The description of each limit, for docs/configuration.md. */
const ABOUT: Readonly<Record<keyof LimitsMessage, string>> = {
  max_daily_loss: 'The daily loss at which trading pauses, percent of `daily_loss_of`.',
  max_drawdown: 'The decline from peak equity at which trading pauses, percent.',
  stop_trading_minutes: 'The minimum duration of a pause.',
  initial_balance: 'The balance with which the account began.',
  daily_loss_of: 'What `max_daily_loss` is a percentage of.',
  reset_time: 'When a trading day begins.',
  reset_time_zone: 'The time zone of `reset_time`.',
  daily_loss_ends: 'How the pause after a daily loss ends.',
  drawdown_ends: 'How the pause after a drawdown ends.',
  time_base: 'Which clock counts: that of NATS, or the `at` of the tick.',
  warn_at_percent: 'The percentage of a limit at which a warning is given.',
  stale_after_seconds: 'The feed is stale after this time without a tick; null: never.',
  loosen_after_minutes: 'How long a change that loosens limits waits; 0: it takes effect immediately.',
}

/** Limits with the names of NOFX. */
const VARIABLES: Partial<Record<string, string>> = {
  max_daily_loss: 'MAX_DAILY_LOSS',
  max_drawdown: 'MAX_DRAWDOWN',
  stop_trading_minutes: 'STOP_TRADING_MINUTES',
}

const defaults: Readonly<Record<string, unknown>> = limitsToMessage(DEFAULT_LIMITS)
const schemas: Readonly<Record<string, TSchema>> = LimitsSchema.properties

/** Initial values of the limits of all traders, as written; `parseLimits` evaluates them. */
export const limitSettings: Readonly<Record<string, Setting<unknown>>> = Object.fromEntries(
  Object.entries(ABOUT).map(([name, about]): [string, Setting<unknown>] => [name, limit(name, about)]),
)

function limit(name: string, about: string): Setting<unknown> {
  const variable = VARIABLES[name]
  return {
    file: `limits.${name}`,
    ...(variable === undefined ? {} : { original: name }),
    variable: variable ?? null,
    about,
    schema: schemas[name] as TSchema,
    fromText: (text) => readLimit(name, text),
    fallback: undefined,
    fallbackWords: defaults[name] === null ? 'null' : String(defaults[name]),
  }
}

function readLimit(name: string, text: string): Parsed<unknown> {
  const value = name === 'stop_trading_minutes' && /^\d+$/.test(text) ? Number(text) : text
  const limits = parseLimits({ [name]: value })
  return limits.ok ? parsed(value) : refused(limits.reason.replace(`${name} `, ''))
}

/** The given limits of all traders. */
export function readLimits(source: Source): LimitOverrides {
  const { file, faults } = source
  faults.take('config.json, limits', parseLimits(file.limits ?? {}), {})
  faults.take('config.json', parseLimits(named(file, Object.keys(VARIABLES))), {})
  const written = Object.entries(readSettings(limitSettings, source)).filter(([, value]) => value !== undefined)
  const limits = parseLimits(Object.fromEntries(written))
  return limits.ok ? limits.value : {}
}

function named(file: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(file, name)).map((name) => [name, file[name]]))
}

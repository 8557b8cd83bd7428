import {
  DEFAULT_LIMITS,
  LIMITS,
  type LimitOverrides,
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

/** Limits that NOFX knows, by its names. */
const ORIGINAL_NAMES: readonly string[] = ['max_daily_loss', 'max_drawdown', 'stop_trading_minutes']

const defaults: Readonly<Record<string, unknown>> = limitsToMessage(DEFAULT_LIMITS)
const schemas: Readonly<Record<string, TSchema>> = LimitsSchema.properties

/** Initial values of the limits of all traders, as written; `parseLimits` evaluates them. */
export const limitSettings: Readonly<Record<string, Setting<unknown>>> = Object.fromEntries(
  Object.values(LIMITS).map(({ name, about }): [string, Setting<unknown>] => [name, limit(name, about)]),
)

function limit(name: string, about: string): Setting<unknown> {
  const isOriginal = ORIGINAL_NAMES.includes(name)
  return {
    file: `limits.${name}`,
    ...(isOriginal ? { original: name } : {}),
    variable: isOriginal ? name.toUpperCase() : null,
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
  faults.take('config.json', parseLimits(named(file, ORIGINAL_NAMES)), {})
  const written = Object.entries(readSettings(limitSettings, source)).filter(([, value]) => value !== undefined)
  const limits = parseLimits(Object.fromEntries(written))
  return limits.ok ? limits.value : {}
}

function named(file: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(file, name)).map((name) => [name, file[name]]))
}

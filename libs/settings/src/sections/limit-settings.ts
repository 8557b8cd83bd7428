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
import { overPreset, type Preset, presetNamed } from '../presets.ts'
import { readSettings, type Source } from './read-settings.ts'
import { type Setting, text } from './setting.ts'

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
    fromText: (value) => readLimit(name, value),
    fallback: undefined,
    fallbackWords: typeof defaults[name] === 'string' ? defaults[name] : JSON.stringify(defaults[name]),
  }
}

function readLimit(name: string, text: string): Parsed<unknown> {
  const value = name === 'stop_trading_minutes' && /^\d+$/.test(text) ? Number(text) : text
  const limits = parseLimits({ [name]: value })
  return limits.ok ? parsed(value) : refused(limits.reason.replace(`${name} `, ''))
}

/** Which limits are under those that are written. */
export const presetSettings = {
  name: text<string | null>({
    file: 'preset',
    variable: null,
    about: 'Limits of a firm for all traders, under those that are written; initial value.',
    must: 'the name of a preset like "topstep-50k"',
    fallback: null,
    fallbackWords: 'none',
  }),
} as const

/** The given limits of all traders. */
export function readLimits(source: Source): LimitOverrides {
  const { file, faults } = source
  const before = faults.all.length
  faults.take('config.json, limits', parseLimits(file.limits ?? {}), {})
  faults.take('config.json', parseLimits(named(file, ORIGINAL_NAMES)), {})
  const written = Object.entries(readSettings(limitSettings, source)).filter(([, value]) => value !== undefined)
  const limits = parseLimits(Object.fromEntries(written))
  // What is wrong with a value has been told where it is written; here both forms of a limit meet.
  if (!limits.ok && faults.all.length === before) faults.take('config.json, limits', limits, {})
  const { name } = readSettings(presetSettings, source)
  return withPreset(source, 'config.json', name, limits.ok ? limits.value : {})
}

/** Limits as written, over those of a preset. @param name null: there is none */
export function withPreset(
  { presets, faults }: Pick<Source, 'presets' | 'faults'>,
  where: string,
  name: unknown,
  written: LimitOverrides,
): LimitOverrides {
  // Another type is a fault of the file already.
  if (typeof name !== 'string') return written
  const preset = faults.take<Preset | null>(where, presetNamed(presets, name), null)
  return preset === null ? written : faults.take(where, overPreset(preset, written), written)
}

function named(file: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(file, name)).map((name) => [name, file[name]]))
}

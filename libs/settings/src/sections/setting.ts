import { describe, type Parsed, parsed, refused } from '@drawbridge/contracts'
import Type, { type TSchema } from 'typebox'

/** One setting: where it can be written, which values are valid, and its default. */
export interface Setting<T> {
  /** Its place in config.json, `section.name` or `name`; null: it has none. */
  readonly file: string | null
  /** The same setting in a config.json of NOFX; if both are written, the error says to remove this one. */
  readonly original?: string
  /** Its environment variable, which takes precedence over config.json; null: it has none. */
  readonly variable: string | null
  /** A secret, which can also be in a file that `<variable>_FILE` names. */
  readonly secret?: boolean
  /** Its description, a sentence, for docs/configuration.md. */
  readonly about: string
  /** The schema of the value in config.json; its description says what the value must be. */
  readonly schema: TSchema
  /** Reads the value of the variable; a refusal says what it must be. */
  readonly fromText: (text: string) => Parsed<T>
  readonly fallback: T
  /** The default in words, if the fallback does not show it. */
  readonly fallbackWords?: string
}

export type Settings = Readonly<Record<string, Setting<unknown>>>

/** The values of a group of settings. */
export type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

/** The common parts of every kind of setting; the kind itself says what the value must be. */
type Place<T> = Pick<Setting<T>, 'file' | 'original' | 'variable' | 'secret' | 'about' | 'fallback' | 'fallbackWords'>

/** @param unit the beginning of the text for the bounds, as in "whole seconds, 2 to 3600" */
export function integer<T extends number | null = number>(
  place: Place<T> & { readonly min: number; readonly max: number; readonly unit?: string; readonly orNull?: string },
): Setting<T> {
  const { min, max, unit = 'a whole number', orNull, ...rest } = place
  const bounds = `${unit}, ${min} to ${max}`
  const whole = Type.Integer({ minimum: min, maximum: max, description: bounds })
  return {
    ...rest,
    schema:
      orNull === undefined ? whole : Type.Union([Type.Null(), whole], { description: `null (${orNull}) or ${bounds}` }),
    fromText: (text) => {
      const value = Number(text)
      if (/^\d+$/.test(text) && value >= min && value <= max) return parsed(value as T)
      return refused(`must be a whole number, ${min} to ${max}, got ${describe(text)}`)
    },
  }
}

export function port(place: Place<number>): Setting<number> {
  return integer({ ...place, unit: 'a port', min: 0, max: 65_535 })
}

export function flag(place: Place<boolean>): Setting<boolean> {
  return {
    ...place,
    schema: Type.Boolean({ description: 'true or false' }),
    fromText: (text) => {
      if (text === 'true') return parsed(true)
      return text === 'false' ? parsed(false) : refused(`must be true or false, got ${describe(text)}`)
    },
  }
}

/** @param must what it must be: "an address like ..." @param pattern what it must match; any text if not given */
export function text<T extends string | null = string>(
  place: Place<T> & { readonly must: string; readonly pattern?: string },
): Setting<T> {
  const { must, pattern = '', ...rest } = place
  const known = new RegExp(pattern)
  const word = Type.String({ minLength: 1, ...(pattern === '' ? {} : { pattern }), description: must })
  return {
    ...rest,
    schema: rest.fallback === null ? Type.Union([Type.Null(), word], { description: `null or ${must}` }) : word,
    fromText: (value) => (known.test(value) ? parsed(value as T) : refused(`must be ${must}, got ${describe(value)}`)),
  }
}

export function choice<T extends string | null>(
  place: Place<T> & { readonly choices: readonly (T & string)[] },
): Setting<T> {
  const { choices, ...rest } = place
  const words = choices.map((one) => `"${one}"`)
  return {
    ...rest,
    schema: Type.Enum([...choices], {
      description: [words.slice(0, -1).join(', '), words.at(-1)].filter((some) => some !== '').join(' or '),
    }),
    fromText: (value): Parsed<T> => {
      const chosen = choices.find((one) => one === value)
      return chosen === undefined
        ? refused(`must be one of ${choices.join(', ')}, got ${describe(value)}`)
        : parsed(chosen)
    },
  }
}

/** A list of words; in a variable, separated by commas. */
export function list(place: Place<readonly string[]> & { readonly must: string }): Setting<readonly string[]> {
  const { must, ...rest } = place
  return {
    ...rest,
    schema: Type.Array(Type.String({ minLength: 1 }), { description: must }),
    fromText: (value) => {
      const words = value.split(',').map((word) => word.trim())
      return parsed(words.filter((word) => word !== ''))
    },
  }
}

export function fraction(place: Place<number>): Setting<number> {
  return {
    ...place,
    schema: Type.Number({ minimum: 0, maximum: 1, description: 'a number, 0 to 1' }),
    fromText: (value) => {
      const fraction = Number(value)
      if (value.trim() !== '' && fraction >= 0 && fraction <= 1) return parsed(fraction)
      return refused(`must be a number, 0 to 1, got ${describe(value)}`)
    },
  }
}

/** A setting of a variable alone, whose default is not a value. @param fallbackWords what holds if it is not set */
export function optionalText(
  variable: string,
  about: string,
  must: string,
  fallbackWords = 'none',
): Setting<string | null> {
  return text<string | null>({ file: null, variable, about, must, fallback: null, fallbackWords })
}

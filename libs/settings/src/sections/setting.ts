import type { Parsed } from '@drawbridge/contracts'
import type { TSchema } from 'typebox'

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

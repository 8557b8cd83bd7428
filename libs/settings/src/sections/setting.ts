import type { Parsed } from '@drawbridge/contracts'
import type { TSchema } from 'typebox'

/** One setting: where it is written, what it must be there, and what holds where it is written nowhere. */
export interface Setting<T> {
  /** Its place in config.json, `section.name` or `name`; null: it cannot be written there. */
  readonly file: string | null
  /** The same setting in a config.json of NOFX; who writes both is told to remove this one. */
  readonly original?: string
  /** Its environment variable, which wins over config.json; null: it has none. */
  readonly variable: string | null
  /** A secret may be in a file that `<variable>_FILE` names, too. */
  readonly secret?: boolean
  /** What it is, in a sentence, for docs/configuration.md. */
  readonly about: string
  /** Of the value in config.json; its description says what the value must be. */
  readonly schema: TSchema
  /** Reads the value of the variable; a refusal says what it must be. */
  readonly fromText: (text: string) => Parsed<T>
  readonly fallback: T
  /** What holds where it is not set, in words, where the fallback does not say. */
  readonly fallbackWords?: string
}

export type Settings = Readonly<Record<string, Setting<unknown>>>

/** What a group of settings comes to. */
export type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

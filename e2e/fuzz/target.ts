import type { Parsed } from '@drawbridge/contracts'
import type { Random } from '@drawbridge/testing/random'

/** A parser of outside input. */
export interface Target {
  readonly name: string
  /** Valid messages. */
  readonly samples: readonly string[]
  /** Names of fields that it knows. */
  readonly fields: readonly string[]
  /** @param random decides what surrounds the message, such as its subject; the same for the same input */
  readonly read: (bytes: Uint8Array, random: Random) => Parsed<unknown>
  /** The wire form of an accepted input, which must be read as the same value again; null: none. */
  readonly write: ((value: never) => Uint8Array) | null
  /** What is the same: what was read, or where parts are handed on as they are, what is written of it. */
  readonly sameBy: 'value' | 'bytes'
}

/** The names of the fields of valid messages, at any depth. */
export function fieldsOf(samples: readonly string[]): readonly string[] {
  return [...new Set(samples.flatMap((sample) => [...sample.matchAll(/"([^"\\]+)":/g)].map(([, name = '']) => name)))]
}

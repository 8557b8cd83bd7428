import type { JsonSchema } from '../json-schema.ts'
import type { Parsed } from '../parsed.ts'

/** A value of a reading. `higher`: of equity and balance. */
export const REFERENCE_VALUES = ['equity', 'balance', 'higher'] as const
export type ReferenceValue = (typeof REFERENCE_VALUES)[number]

/** What a limit may be measured from, as people write it. Another kind is a file like `peak.ts`, and a line in the list. */
export interface ReferenceKind<R extends { readonly kind: string }> {
  readonly kind: R['kind']
  /** What it is, for docs/configuration.md. */
  readonly about: string
  /** The parts beside the kind, for documents. */
  readonly parts: Readonly<Record<string, JsonSchema>>
  /** Reads these parts; a refusal names the one that is wrong. */
  read(written: Readonly<Record<string, unknown>>): Parsed<R>
}

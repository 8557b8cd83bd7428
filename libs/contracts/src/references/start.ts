import { optional } from '../json-schema.ts'
import { word, wordPart } from '../limit-values.ts'
import { parsed } from '../parsed.ts'
import { REFERENCE_VALUES, type ReferenceKind, type ReferenceValue } from './reference-kind.ts'

/** The value known last when the window began. */
export const start: ReferenceKind<{ readonly kind: 'start'; readonly of: ReferenceValue }> = {
  kind: 'start',
  about: '`start` of the window',
  parts: { of: optional(wordPart(...REFERENCE_VALUES)) },
  read: ({ of }) => {
    const value = word('of', of, REFERENCE_VALUES, 'equity')
    return value.ok ? parsed({ kind: 'start', of: value.value }) : value
  },
}

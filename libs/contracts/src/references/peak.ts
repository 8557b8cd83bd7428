import { optional } from '../json-schema.ts'
import { word, wordPart } from '../limit-values.ts'
import { parsed } from '../parsed.ts'
import { REFERENCE_VALUES, type ReferenceKind, type ReferenceValue } from './reference-kind.ts'

const SAMPLED = ['continuous', 'day-close'] as const

/** The highest value in the window, of every confirmed reading or of those known last at a day's end. */
export const peak: ReferenceKind<{
  readonly kind: 'peak'
  readonly of: ReferenceValue
  readonly sampled: (typeof SAMPLED)[number]
}> = {
  kind: 'peak',
  about: '`peak` in the window (`sampled` `continuous` or at `day-close`)',
  parts: { of: optional(wordPart(...REFERENCE_VALUES)), sampled: optional(wordPart(...SAMPLED)) },
  read: ({ of, sampled }) => {
    const value = word('of', of, REFERENCE_VALUES, 'equity')
    if (!value.ok) return value
    const when = word('sampled', sampled, SAMPLED, 'continuous')
    return when.ok ? parsed({ kind: 'peak', of: value.value, sampled: when.value }) : when
  },
}

import type { FlattenAnswer } from '../../port.ts'

/** What an answer to `flatten` means by `open`: how many positions are still there; without it, none. */
export function flattenedBy(open: unknown): FlattenAnswer {
  if (open === undefined || open === 0) return { kind: 'flat' }
  if (typeof open === 'number' && open > 0) return { kind: 'closing', open: Math.ceil(open) }
  return { kind: 'unusable', reason: 'in its answer "open" is no number of positions' }
}

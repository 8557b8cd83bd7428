/**
 * What it takes to add a kind of limit that is measured from the lowest value in the window: two new files, and a line in
 * each of two lists. Paths are from the root of the repository.
 */
export const NEW_FILES: Readonly<Record<string, string>> = {
  'libs/contracts/src/references/low.ts': `
import { optional } from '../json-schema.ts'
import { word, wordPart } from '../limit-values.ts'
import { parsed } from '../parsed.ts'
import { REFERENCE_VALUES, type ReferenceKind, type ReferenceValue } from './reference-kind.ts'

/** The lowest value in the window. */
export const low: ReferenceKind<{ readonly kind: 'low'; readonly of: ReferenceValue }> = {
  kind: 'low',
  about: '\`low\` in the window',
  parts: { of: optional(wordPart(...REFERENCE_VALUES)) },
  read: ({ of }) => {
    const value = word('of', of, REFERENCE_VALUES, 'equity')
    return value.ok ? parsed({ kind: 'low', of: value.value }) : value
  },
}
`,
  'libs/risk-engine/src/limits/low.ts': `
import type { Amount, Reference } from '@drawbridge/contracts'
import { type LimitKind, valueIn, valueInWords } from './limit-kind.ts'

/** Measured from the lowest value in the window. */
export const low: LimitKind<Extract<Reference, { kind: 'low' }>> = {
  kind: 'low',
  begin: (limit, { of }, account) => valueIn(of, limit.window === 'day' ? account.dayStart : account.windowStart),
  beginWindow: (_before, { of }, known) => valueIn(of, known),
  closeDay: (before) => before,
  take: (before, { of }, reading) => lower(before, valueIn(of, reading)),
  beganWith: (before) => before,
  basis: ({ of }) => \`low of \${of}\`,
  usesBalance: ({ of }) => of !== 'equity',
  mayBreakAtReset: (_limit, { of }) => of !== 'equity',
  inWords: ({ of }, window) => \`the \${window}'s lowest \${valueInWords(of)}\`,
}

function lower(a: Amount | null, b: Amount | null): Amount | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
`,
}

/** The lists, each with its one line and the import of that. */
export const LISTS: Readonly<Record<string, { readonly before: string }>> = {
  'libs/contracts/src/references/reference-kinds.ts': { before: 'initial' },
  'libs/risk-engine/src/limits/limit-kinds.ts': { before: 'initial' },
}

/** The list with the toy kind in it. @throws where it has another form */
export function withLow(list: string, { before }: { readonly before: string }): string {
  const entry = new RegExp(`(KINDS = \\[[^\\]]*?)\\b${before}\\b`)
  if (!entry.test(list)) throw new Error(`the list of kinds has no ${before}`)
  return `import { low } from './low.ts'\n${list.replace(entry, `$1low, ${before}`)}`
}

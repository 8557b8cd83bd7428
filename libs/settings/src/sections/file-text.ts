import { checkAmountDigits, type Parsed, parsed, refused } from '@drawbridge/contracts'
import { repeatedField } from './repeated-field.ts'

/** Reads the text of a config.json; the reason says in one line what is wrong, and what people write most often instead. */
export function parseFileText(written: string): Parsed<unknown> {
  // Editors of Windows begin a file with it.
  const text = written.replace(/^\uFEFF/, '')
  if (text.trim() === '') return refused('is empty: write {} to set nothing')
  try {
    const content: unknown = JSON.parse(text)
    const repeated = repeatedField(text)
    if (repeated !== null) return refused(`has "${repeated}" twice in one object: remove one of them`)
    const exact = checkAmountDigits(text)
    return exact.ok ? parsed(content) : exact
  } catch (error) {
    return refused(`is not JSON: ${error instanceof Error ? error.message : String(error)}${hintFor(text)}`)
  }
}

const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/,\s*[}\]]/, 'a comma before } or ] is one too many'],
  [/^\s*(\/\/|\/\*|#)/m, 'it may have no comments'],
  [/[{,]\s*('|[A-Za-z_])/, 'names and words need "double quotes"'],
]

function hintFor(text: string): string {
  // What is in quotes is not looked at.
  const bare = text.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
  const hint = HINTS.find(([pattern]) => pattern.test(bare))
  return hint === undefined ? '' : ` (${hint[1]})`
}

import { type Parsed, parsed, printable, refused } from './parsed.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** Reads the bytes of a message as JSON text; the reason says in one line what is wrong. */
export function parseJson(bytes: Uint8Array): Parsed<{ readonly text: string; readonly value: unknown }> {
  if (isNestedTooDeep(bytes)) return refused(`is nested deeper than ${JSON_DEPTH_MAX} levels`)
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return refused('is not UTF-8 text')
  }
  try {
    return parsed({ text, value: JSON.parse(text) })
  } catch (error) {
    if (text.trim() === '') return refused('is empty; send JSON like {"equity": 10250.5}')
    const hint = /\b(NaN|-?Infinity)\b/.exec(text)
    if (hint !== null) return refused(`is not JSON: ${hint[1]} is not a JSON number`)
    return refused(`is not JSON: ${printable(error instanceof Error ? error.message : String(error))}`)
  }
}

export function toJsonBytes(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value))
}

/** How deeply arrays and objects may be nested. Messages of bots and operators need five levels at most. */
export const JSON_DEPTH_MAX = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** `[` and `{` differ in one bit, and so do `]` and `}`; setting that bit maps no other character to these. */
const CASE_BIT = 0x20
const OPENS = 0x7b
const CLOSES = 0x7d

/**
 * Whether arrays and objects are nested deeper than {@link JSON_DEPTH_MAX}, in one pass over the bytes. Call it before
 * anything else reads them: `JSON.parse` accepts a hundred thousand levels, and code that walks its result recurses.
 *
 * For invalid JSON the answer may be either. A text of ordinary length costs nothing: it is too short to nest that deeply.
 */
export function isNestedTooDeep(bytes: Uint8Array): boolean {
  if (bytes.length <= JSON_DEPTH_MAX) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if ((byte | CASE_BIT) === OPENS) {
      depth += 1
      if (depth > JSON_DEPTH_MAX) return true
    } else if ((byte | CASE_BIT) === CLOSES) depth -= 1
  }
  return false
}

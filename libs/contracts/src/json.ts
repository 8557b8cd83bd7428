import { isNestedTooDeep, JSON_DEPTH_MAX } from './json-depth.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { printable } from './printable.ts'

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

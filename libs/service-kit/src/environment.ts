import { describe, type Parsed, parsed, refused } from '@drawbridge/contracts'

/** A variable that is set to nothing counts as not set, as in a file of `NAME=` lines. */
export function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

export function integerFrom(text: string | undefined, min: number, max: number): Parsed<number | null> {
  if (text === undefined || text === '') return parsed(null)
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max)
    return refused(`must be a whole number, ${min} to ${max}, got ${describe(text)}`)
  return parsed(value)
}

export function booleanFrom(text: string | undefined): Parsed<boolean | null> {
  if (text === undefined || text === '') return parsed(null)
  if (text === 'true') return parsed(true)
  return text === 'false' ? parsed(false) : refused(`must be true or false, got ${describe(text)}`)
}

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

export function levelFrom(text: string | undefined): Parsed<string | null> {
  if (text === undefined || text === '') return parsed(null)
  if (LEVELS.includes(text)) return parsed(text)
  return refused(`must be one of ${LEVELS.join(', ')}, got ${describe(text)}`)
}

import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** Names a limit of a trader: a lower-case letter, then up to 39 lower-case letters, digits or `_`. */
export type LimitName = string

export const LIMIT_NAME_PATTERN = '^[a-z][a-z0-9_]{0,39}$'

const pattern = new RegExp(LIMIT_NAME_PATTERN)

export function parseLimitName(value: string): Parsed<LimitName> {
  return pattern.test(value)
    ? parsed(value)
    : refused(`${describe(value)} must be a lower-case letter, then up to 39 lower-case letters, digits or "_"`)
}

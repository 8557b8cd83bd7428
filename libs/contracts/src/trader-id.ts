import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** Names a trader: one NATS subject token of 1 to 64 letters, digits, `_` or `-`. */
export type TraderId = string

/** Reserved for configuration events, so that `risk.*.<trader>` is always one trader's log. */
export const RESERVED_TRADER_IDS: readonly string[] = ['flags', 'limits', 'settled', 'removed']

export const TRADER_ID_PATTERN = '^[A-Za-z0-9_-]{1,64}$'

const pattern = new RegExp(TRADER_ID_PATTERN)

export function parseTraderId(value: string): Parsed<TraderId> {
  if (!pattern.test(value)) {
    return refused(`trader id ${describe(value)} must be 1 to 64 letters, digits, "_" or "-"`)
  }
  if (RESERVED_TRADER_IDS.includes(value)) return refused(`trader id "${value}" is reserved for configuration`)
  return parsed(value)
}

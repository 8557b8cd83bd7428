import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

const ONE = String.raw`\s*((nats|tls)://)?[^\s/,]+/?\s*`

/** Addresses of NATS servers, separated by commas. Its client would try to speak NATS with a server of any scheme, for ever. */
export const NATS_ADDRESSES_PATTERN = `^${ONE}(,${ONE})*$`

const pattern = new RegExp(NATS_ADDRESSES_PATTERN)

export function parseNatsAddresses(value: unknown): Parsed<string> {
  if (typeof value === 'string' && pattern.test(value)) return parsed(value)
  return refused(`must be an address like "nats://127.0.0.1:4222", got ${describe(value)}`)
}

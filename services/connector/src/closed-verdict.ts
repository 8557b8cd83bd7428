import { EXIT, type Verdict } from '@drawbridge/client'

/** Where nobody follows the decisions, none is known, and entries are blocked. */
export function closedVerdict(): Verdict {
  return { ...EXIT, allowed: false, code: 'unknown', reason: 'the decisions are not followed here' }
}

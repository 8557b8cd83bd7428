import type { FleetMember } from '../../../src/core/fleet.ts'

/** How a trader stands, the severest first. */
export const STANDINGS = ['flatten', 'blocked', 'unconfirmed', 'silent', 'closed', 'warned', 'trading'] as const
export type Standing = (typeof STANDINGS)[number]

type Facts = Pick<FleetMember, 'status' | 'code' | 'action' | 'staleSince' | 'limits'>

/** The one word for a trader. Whether entries are allowed is said by the guardian, never here. */
export function standingOf({ status, code, action, staleSince, limits }: Facts): Standing {
  if (status === 'allowed') return limits.some(({ warned }) => warned) ? 'warned' : 'trading'
  if (action === 'flatten') return 'flatten'
  if (code === 'unconfirmed' || code === 'no-reading' || code === 'rejected' || code === 'out-of-order') {
    return 'unconfirmed'
  }
  if (code === 'closed') return 'closed'
  return code === 'silent' || (code === null && staleSince !== null) ? 'silent' : 'blocked'
}

/** What each word says, for people. */
export const STANDING_WORDS: Readonly<Record<Standing, { readonly name: string; readonly about: string }>> = {
  flatten: { name: 'Flatten', about: 'a limit asks to close all positions; entries are blocked' },
  blocked: { name: 'Blocked', about: 'entries are blocked by a limit or by a person' },
  unconfirmed: { name: 'Unconfirmed', about: 'the last reading cannot be used yet; entries wait' },
  silent: { name: 'Silent', about: 'no equity is reported; entries wait' },
  closed: { name: 'Closed', about: 'the market is closed; entries wait' },
  warned: { name: 'Warned', about: 'entries are allowed, and a limit is near' },
  trading: { name: 'Trading', about: 'entries are allowed' },
}

/** Whether a person must look at it now. */
export function isBlocking(standing: Standing): boolean {
  return standing === 'flatten' || standing === 'blocked'
}

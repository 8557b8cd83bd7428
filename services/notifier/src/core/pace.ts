import type { Instant } from '@drawbridge/contracts'

/** How fast a channel takes messages. */
export interface Pace {
  /** In a minute. */
  readonly perMinute: number
}

/** So many messages a channel has left, and when that was so. */
export interface Allowance {
  readonly left: number
  readonly at: Instant
}

/** More than so many notices that wait become one message. */
export const DIGEST_ABOVE = 3
/** So many notices one digest counts, at most; the next one counts the rest. */
export const DIGEST_MAX = 1_000

export function fullAllowance({ perMinute }: Pace, now: Instant): Allowance {
  return { left: perMinute, at: now }
}

/** The allowance grows with time, up to that of a minute. */
export function allowanceAt({ left, at }: Allowance, { perMinute }: Pace, now: Instant): Allowance {
  const grown = left + (Math.max(0, now - at) * perMinute) / 60_000
  return { left: Math.min(perMinute, grown), at: now }
}

/** How long a message has to wait, milliseconds; 0: it may be sent now. */
export function waitMs(allowance: Allowance, { perMinute }: Pace): number {
  return allowance.left >= 1 ? 0 : Math.ceil(((1 - allowance.left) * 60_000) / perMinute)
}

/** After a message that arrived, or may have. */
export function spend({ left, at }: Allowance): Allowance {
  return { left: Math.max(0, left - 1), at }
}

/** Whether so many waiting notices are told together. */
export function becomesDigest(waiting: number): boolean {
  return waiting > DIGEST_ABOVE
}

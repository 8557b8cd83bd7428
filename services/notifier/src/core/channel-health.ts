import type { Instant } from '@drawbridge/contracts'

/** How a channel does, as people see it. */
export interface ChannelHealth {
  readonly kind: string
  /** `shut-out`: it refuses us until somebody mends that. */
  readonly state: 'untried' | 'ok' | 'failing' | 'shut-out'
  /** Of that state. */
  readonly since: Instant
  /** Why it fails; null: it does not. */
  readonly reason: string | null
  readonly lastSentAt: Instant | null
  /** How many notices wait for it. */
  readonly waiting: number
}

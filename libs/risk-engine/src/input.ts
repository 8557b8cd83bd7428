import type { Instant, Tick, TraderControl } from '@drawbridge/contracts'

/** What every input has: its place in the log and the time at which the log took it. */
interface Logged {
  /** Stream sequence. */
  readonly seq: number
  /** JetStream timestamp. */
  readonly time: Instant
}

/** Something that may concern one trader, read from the input log. */
export type TraderInput =
  | (Logged & { readonly kind: 'tick'; readonly tick: Tick })
  /** A message on a valid tick subject that could not be read. */
  | (Logged & { readonly kind: 'unreadable-tick'; readonly reason: string })
  | (Logged & { readonly kind: 'control'; readonly control: TraderControl })
  /** Enforcement was switched; reaches every trader that holds a pause. */
  | (Logged & { readonly kind: 'enforcement'; readonly enforced: boolean })

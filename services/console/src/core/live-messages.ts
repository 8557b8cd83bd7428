import type { FleetMember } from './fleet.ts'

/** What a page is sent as server-sent events; `LIVE_EVENTS` are their names. The page imports these types. */
export interface LiveMessages {
  /** All that the page knows is void: what follows is from another log, or from the beginning. */
  readonly begin: LiveBegin
  /** Traders that are new or have changed, each with its newest summary. */
  readonly traders: readonly FleetMember[]
  /** Everything that the log held is sent. */
  readonly complete: { readonly traders: number }
  /** Once a second. */
  readonly pulse: LivePulse
}

export interface LiveBegin {
  /** The traders of the settings. */
  readonly accounts: Readonly<Record<string, LiveAccount>>
  /** Gates close after this time without a heartbeat, milliseconds. */
  readonly leaseMs: number
}

export interface LiveAccount {
  /** Whether its money is not real, as in a replay. */
  readonly paper: boolean
  readonly group: string | null
  readonly tags: readonly string[]
  /** Whether its equity is that of other traders, which no total counts twice. */
  readonly isSum: boolean
}

export interface LivePulse {
  /** The clock of the console, milliseconds. */
  readonly now: number
  /** Why NATS is not reached; null: it is. */
  readonly natsAway: string | null
  /** Whether the risk log is followed up to its end. */
  readonly isCurrent: boolean
  /** The sequence of the newest event that was heard, and when it was, by the clock of the console; null: none. */
  readonly newest: { readonly seq: number; readonly at: number } | null
  readonly guardian: LiveGuardian | null
}

/** The guardian that was heard last. */
export interface LiveGuardian {
  readonly instance: string
  /** When it was heard, by the clock of the console. */
  readonly at: number
  readonly settled: number
  readonly lag: number
}

/** One server-sent event. */
export function liveMessage<K extends keyof LiveMessages>(kind: K, message: LiveMessages[K]): string {
  return liveMessageOf(kind, JSON.stringify(message))
}

/** One server-sent event of a message that is written out already. */
export function liveMessageOf(kind: keyof LiveMessages, json: string): string {
  return `event: ${kind}\ndata: ${json}\n\n`
}

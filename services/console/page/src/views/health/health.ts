/** How each stage is, as the console tells it. */
export interface Health {
  readonly nats: { readonly away: string | null }
  readonly streams: readonly StreamSize[]
  readonly storage: { readonly bytes: number; readonly bytesMax: number | null } | null
  readonly guardians: readonly {
    readonly instance: string
    readonly heardAt: string
    readonly settled: number
    readonly lag: number
    readonly isActive: boolean
  }[]
  readonly persister: {
    readonly pending: number
    readonly unacknowledged: number
    readonly writtenUpTo: number
    readonly waiting: number
  } | null
  /** Null: it was not asked yet. */
  readonly database: {
    readonly away: string | null
    readonly since: string
    readonly connections: number | null
    readonly connectionsMax: number | null
    readonly lagMs: number | null
  } | null
  /** Accounts that a connector reads. */
  readonly connectors: readonly {
    readonly connector: string
    readonly adapter: string
    readonly trader: string
    /** Whether it still tells how it does. */
    readonly isCurrent: boolean
    readonly acts: boolean
    /** Null: it is not asked to; an older one does not say. */
    readonly canBlock?: boolean | null
    readonly dryRun: boolean
    readonly wanted: 'open' | 'blocked' | null
    readonly stands: 'open' | 'blocked' | null
    readonly reading: { readonly at: string } | null
    readonly faults: readonly { readonly task: string; readonly reason: string; readonly advice: string }[]
  }[]
  readonly feed: { readonly isCurrent: boolean }
  readonly deadLetters: readonly DeadLetter[]
}

export interface StreamSize {
  readonly stream: string
  readonly messages: number
  readonly bytes: number
  readonly bytesMax: number | null
  readonly lastSeq: number
  readonly lastAt: string | null
}

export interface DeadLetter {
  readonly seq: number
  readonly at: string
  readonly subject: string
  readonly reason: string
  readonly bytes: number
  readonly text: string
}

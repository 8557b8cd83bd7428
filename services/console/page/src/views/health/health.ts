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

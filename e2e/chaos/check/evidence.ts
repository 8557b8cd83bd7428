/** The checker's material, read from streams and tables or recorded by the client. Times are Unix milliseconds. */
export interface Evidence {
  /** How long a gate stays open without a heartbeat. */
  readonly leaseMs: number
  /** Interval of gate checks. */
  readonly pollMs: number
  /** The messages of INPUTS, also of an INPUTS that was deleted for a repair. */
  readonly inputs: readonly Input[]
  /** Events of traders in RISK, in its order. */
  readonly events: readonly StoredEvent[]
  readonly configEvents: readonly ConfigEvent[]
  readonly history: readonly EventFacts[]
  readonly snapshot: readonly EventFacts[]
  readonly configHistory: readonly ConfigEvent[]
  readonly client: ClientRecord
}

/** A message of INPUTS. */
export interface Input {
  /** As events name it: the sequence in the stream plus the offset. */
  readonly seq: number
  readonly subject: string
  readonly payload: string
  /** When JetStream stored it, as RFC 3339 in milliseconds. */
  readonly recordedAt: string
}

/** The common fields of an event and its row. */
export interface EventFacts {
  readonly trader: string
  readonly version: number
  readonly type: string
  readonly inputSeq: number
  readonly tickSeq: number | null
  readonly recordedAt: string
  /** A decimal without trailing zeros; null before the first tick. */
  readonly equity: string | null
  readonly paused: boolean
}

export interface StoredEvent extends EventFacts {
  readonly seq: number
  readonly storedAt: number
}

export interface ConfigEvent {
  readonly kind: string
  readonly inputSeq: number
}

/** What a client of the system observed. */
export interface ClientRecord {
  readonly ticks: readonly SentTick[]
  readonly commands: readonly AnsweredCommand[]
  readonly looks: readonly Look[]
  readonly exits: readonly ExitAnswer[]
  /** Events of traders that a plain subscriber of `risk.>` received. */
  readonly heard: readonly EventFacts[]
  /** When the trader service was killed: its waiting ticks are lost. */
  readonly traderKilledAt: readonly number[]
  /** Versions that a repair of the risk log reported as lost. */
  readonly reportedMissing: readonly MissingVersions[]
  /** The inputs that the disk lost. */
  readonly lostInputs: readonly LostInputs[]
}

/** An acknowledged tick. */
export interface SentTick {
  readonly trader: string
  /** Its own count, which no other tick of the trader has. */
  readonly tickSeq: number
  readonly equity: string
  readonly sentAt: number
  /** The sequence that JetStream acknowledged, plus the offset of INPUTS then; null: unknown, because HTTP does not tell it. */
  readonly inputSeq: number | null
}

/** The last answer to a command; retries had the same idempotency key. */
export interface AnsweredCommand {
  /** A text that only its payload contains. */
  readonly reason: string
  readonly subject: string
  /** When it was first sent. */
  readonly sentAt: number
  /** Null: no answer came. */
  readonly status: number | null
  readonly input: number | null
  readonly event: CommandEvent | null
}

export type CommandEvent =
  | { readonly of: 'trader'; readonly facts: EventFacts }
  | { readonly of: 'all'; readonly facts: ConfigEvent }

/** A check whether a gate allows entries. */
export interface Look {
  readonly trader: string
  readonly askedAt: number
  readonly answeredAt: number
  readonly allowed: boolean
}

/** A request for an exit that was not answered with yes. */
export interface ExitAnswer {
  readonly trader: string
  readonly askedAt: number
  readonly answer: string
}

/** Inputs after a sequence that were sent before a time. Others may have taken their sequences. */
export interface LostInputs {
  readonly after: number
  /** When JetStream stored the last remaining input. */
  readonly lastKeptAt: number
  readonly sentBefore: number
}

export interface MissingVersions {
  readonly trader: string
  readonly from: number
  readonly to: number
}

/** A broken promise. */
export interface Violation {
  readonly promise: string
  readonly expected: string
  readonly found: string
}

/** The shortest text of a decimal: "1000.50000000" and "1000.5" are one amount. */
export function shortest(text: string): string {
  if (!text.includes('.')) return text
  return text.replace(/0+$/, '').replace(/\.$/, '')
}

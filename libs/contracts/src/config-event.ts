import type { Author } from './author.ts'
import type { Instant } from './instant.ts'
import type { LimitOverrides, Limits } from './limits.ts'
import type { PauseOfAll } from './pause-all.ts'
import type { TraderId } from './subjects.ts'

export interface ConfigEventEnvelope extends Author {
  /** Stream sequence of the input that made it. */
  readonly inputSeq: number
  /** The input's JetStream timestamp. */
  readonly recordedAt: Instant
  readonly reason: string | null
}

/** All flags in force from an input on, not only the changed ones. */
export interface FlagsEvent extends ConfigEventEnvelope {
  readonly kind: 'flags'
  readonly enforcement: boolean
  readonly persistence: boolean
  /** Absent: not all traders are paused. */
  readonly pauseOfAll?: PauseOfAll
  readonly previous: FlagsBefore | null
}

/** Previous values of the flags that the input names; null in events of versions that did not record them. */
export interface FlagsBefore {
  readonly enforcement?: boolean
  readonly persistence?: boolean
  /** Null: not all traders were paused. */
  readonly pauseOfAll?: PauseOfAll | null
}

export interface LimitsOfAll {
  readonly defaults: LimitOverrides
  readonly traders: Readonly<Record<TraderId, LimitOverrides>>
}

/** The default limits, the limits by trader and the bound on traders in force from an input on. */
export interface LimitsEvent extends ConfigEventEnvelope {
  readonly kind: 'limits'
  readonly defaults: Limits
  readonly traders: LimitsOfAll['traders']
  readonly maxTraders: number
  /** Pending changes that loosen them, in order of time; each field of the defaults or a trader at most once. */
  readonly pending: readonly PendingChange[]
  readonly previous: LimitsBefore | null
}

/**
 * Previous values of the limits that the input names; for a trader, the values in force, whether configured or default.
 * Null: the event is older than this field, or would become too long.
 */
export interface LimitsBefore extends LimitsOfAll {
  /** Null: the input does not name it. */
  readonly maxTraders: number | null
}

/** Limits that take effect later: defaults, and limits of traders. */
export interface PendingChange extends LimitsOfAll {
  /** JetStream time: inputs from then on are judged by them. */
  readonly at: Instant
}

export type ConfigEvent = FlagsEvent | LimitsEvent

import type { Acknowledgement, Instant, Notice } from '@drawbridge/contracts'

/** Something that goes on until it is over, and is told again until somebody acknowledges it. */
export interface Alert {
  /** `breach:<limit>`, `silent`, `uncomputable:<limit>` or `fault:<part of the system>`. */
  readonly key: string
  /** What was told last of it. */
  readonly notice: Notice
  readonly openedAt: Instant
  /** How many steps of its routes were told; 0: nobody yet, because it is silenced or it is quiet. */
  readonly steps: number
  readonly repeated: number
  /** How often it was told again after a silence. */
  readonly again: number
  /** When it was told last; null: never. */
  readonly toldAt: Instant | null
  /** Whether a silence keeps it from being told. */
  readonly isSilenced: boolean
  readonly acknowledged: Acknowledgement | null
}

/** An alert that is over, which is told when the quiet hours are over. */
export interface Ended {
  readonly alert: Alert
  /** That it is over. */
  readonly notice: Notice
}

/** What is remembered of the alerts of one trader. */
export interface AlertBook {
  /** The version of the last event that was looked at. */
  readonly version: number
  /** The log that counts these versions, by its creation time. Null: none, or nobody has kept it. */
  readonly log: string | null
  /** When the newest event of that log happened that was looked at. */
  readonly at: Instant
  readonly alerts: readonly Alert[]
  /** What waits for the end of quiet hours. */
  readonly held: readonly Notice[]
  readonly ended: readonly Ended[]
}

export const EMPTY_BOOK: AlertBook = { version: 0, log: null, at: 0, alerts: [], held: [], ended: [] }

/** Each limit of a trader broken and not computable, its silence, and faults of its connectors. */
export const ALERTS_MAX = 140
/** What comes later in one night replaces the oldest. */
export const HELD_MAX = 100

/** The key of the alert that a notice opens; null: it opens none. */
export function alertKeyOf({ kind, facts }: Notice): string | null {
  switch (kind) {
    case 'breach':
      return facts.enforced === true ? `breach:${facts.rule}` : null
    case 'uncomputable':
      return `uncomputable:${facts.rule}`
    case 'silent':
      return 'silent'
    case 'fault':
      return `${FAULT}${facts.source}`
    default:
      return null
  }
}

/** No event of a trader ends a fault. */
export function isFaultKey(key: string): boolean {
  return key.startsWith(FAULT)
}

const FAULT = 'fault:'

/** Whether there is anything to remember beyond the version. */
export function isEmpty({ alerts, held, ended }: AlertBook): boolean {
  return alerts.length === 0 && held.length === 0 && ended.length === 0
}

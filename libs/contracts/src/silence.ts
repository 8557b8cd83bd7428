import type { Instant } from './instant.ts'
import type { NoticeKind } from './notice.ts'
import type { TraderId } from './subjects.ts'

/** Alerts are not told until it ends. Where it names nothing, no alert is. */
export interface Silence {
  readonly id: string
  /** Null: of any trader, and of none. */
  readonly trader: TraderId | null
  /** A tag of traders; without a trader alone. Absent: whatever tags it has. */
  readonly tag?: string
  /** Null: of any kind. */
  readonly kind: NoticeKind | null
  readonly until: Instant
  readonly reason: string
  readonly by: string
}

export const SILENCES_MAX = 100
/** So far ahead one may end: what is forgotten is told again some day. */
export const SILENCE_DAYS_MAX = 30

/** What a silence keeps from being told. */
export function silenceInWords(silence: {
  readonly trader: string | null
  readonly tag?: string | null | undefined
  readonly kind: string | null
}): string {
  const { trader, tag = null, kind } = silence
  return [
    kind === null ? 'everything' : `everything of the kind ${kind}`,
    ...(trader === null ? [] : [`about ${trader}`]),
    ...(tag === null ? [] : [`about traders with the tag ${tag}`]),
  ].join(' ')
}

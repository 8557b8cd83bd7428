import type { Notice, NoticeKind, Severity } from './notice.ts'
import { isAtLeast } from './severity.ts'
import type { TraderId } from './subjects.ts'

/** Languages of messages to people. */
export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

/** Who is told next if nobody has acknowledged an alert. */
export interface EscalationStep {
  /** After the alert began; minutes. */
  readonly afterMinutes: number
  readonly to: readonly string[]
}

/** Which messages go where. A message goes to the channels of all routes that it fits. */
export interface Route {
  /** Null: of any trader, and what is of none. */
  readonly traders: readonly TraderId[] | null
  /** Null: whatever tags its trader has. */
  readonly tags: readonly string[] | null
  /** The least. */
  readonly severity: Severity
  /** Null: any. */
  readonly kinds: readonly NoticeKind[] | null
  readonly to: readonly string[]
  /** By time. */
  readonly escalate: readonly EscalationStep[]
}

/** Whether a route leads a notice to its channels. @param tags of its trader */
export function isRouted(
  { traders, tags: wanted, severity, kinds }: Route,
  notice: Pick<Notice, 'kind' | 'severity' | 'trader'>,
  tags: readonly string[],
): boolean {
  if (!isAtLeast(notice.severity, severity)) return false
  if (kinds !== null && !kinds.includes(notice.kind)) return false
  if (traders !== null && (notice.trader === null || !traders.includes(notice.trader))) return false
  return wanted === null || wanted.some((tag) => tags.includes(tag))
}

/** Times of a day at which only what is critical is told; the rest waits for their end. */
export interface QuietHours {
  /** Minutes since midnight in the zone of messages. */
  readonly from: number
  readonly until: number
}

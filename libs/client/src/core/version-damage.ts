import type { LogDamage, TraderId } from '@drawbridge/contracts'

/** What identifies a decision on a trader: the same version of the same input is the same decision. */
export interface KnownDecision {
  readonly version: number
  readonly inputSeq: number
}

/**
 * Whether a log still says what it said.
 * @param known the newest decision that was known when the log was asked; null: none
 * @param newest what the log brings as the newest decision on the trader; null: it has none
 * @returns what is wrong; null: nothing
 */
export function versionDamage(
  trader: TraderId,
  known: KnownDecision | null,
  newest: KnownDecision | null,
): LogDamage | null {
  if (known === null) return null
  const version = newest?.version ?? 0
  const isOther = version === known.version && newest?.inputSeq !== known.inputSeq
  return version < known.version || isOther ? { kind: 'version', trader, version, known: known.version } : null
}

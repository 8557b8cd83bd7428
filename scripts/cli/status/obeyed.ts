/** A trader as its own decisions leave it, and whom it obeys. */
interface Obeying {
  readonly id: string
  readonly status: 'allowed' | 'paused' | 'blocked'
  readonly reason: string | null
  readonly until: string | null
  readonly obeys: readonly string[]
}

/** A trader without whose gate another one is not open, and why it is closed. */
export interface BlockedBy {
  readonly trader: string
  readonly reason: string
  readonly until: string | null
}

/**
 * Which of the traders that one obeys blocks it, the first in the order of their names in the settings, and whom these obey
 * before them; null: none does, by the log.
 */
export function blockedBy(
  trader: Obeying,
  all: ReadonlyMap<string, Obeying>,
  path: readonly string[] = [],
): BlockedBy | null {
  for (const name of trader.obeys) {
    const other = all.get(name)
    if (other === undefined) return { trader: name, reason: 'nothing is known of it yet', until: null }
    if (other.status !== 'allowed') return { trader: name, reason: other.reason ?? '', until: other.until }
    // The settings have no circles; those of another version may.
    const deeper = path.includes(name) ? null : blockedBy(other, all, [...path, trader.id])
    if (deeper !== null) return deeper
  }
  return null
}

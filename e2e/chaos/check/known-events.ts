import type { ClientRecord, EventFacts, Evidence, StoredEvent } from './evidence.ts'

/** An event from the log or the history. */
export interface KnownEvent extends EventFacts {
  /** When RISK stored it; null: it was copied from an earlier log, and RISK does not say. */
  readonly storedAt: number | null
}

/**
 * The events of each trader by version, each version once. A log that was adopted begins with the last event of each
 * trader, written again; earlier events are only in the history.
 */
export function knownEvents({ events, history }: Pick<Evidence, 'events' | 'history'>): Map<string, KnownEvent[]> {
  const byTrader = new Map<string, Map<number, KnownEvent>>()
  const versionsOf = (trader: string) => {
    const versions = byTrader.get(trader) ?? new Map<number, KnownEvent>()
    byTrader.set(trader, versions)
    return versions
  }
  const first = firstVersions(events)
  for (const row of history) {
    if (row.version < (first.get(row.trader) ?? Number.POSITIVE_INFINITY)) {
      versionsOf(row.trader).set(row.version, { ...row, storedAt: null })
    }
  }
  for (const event of events) {
    const isCarried = event.version > 1 && event.version === first.get(event.trader)
    versionsOf(event.trader).set(event.version, { ...event, storedAt: isCarried ? null : event.storedAt })
  }
  return new Map(
    [...byTrader].map(([trader, versions]) => [trader, [...versions.values()].sort((a, b) => a.version - b.version)]),
  )
}

/** The first version of each trader in RISK: above 1 if the log was adopted. */
export function firstVersions(events: readonly StoredEvent[]): Map<string, number> {
  const first = new Map<string, number>()
  for (const { trader, version } of events) if (!first.has(trader)) first.set(trader, version)
  return first
}

/** Whether a repair of the risk log reported this version as lost. */
export function isReportedMissing({ reportedMissing }: ClientRecord, trader: string, version: number): boolean {
  return reportedMissing.some((one) => one.trader === trader && version >= one.from && version <= one.to)
}

import type { EventFacts, Evidence, Violation } from './evidence.ts'
import { firstVersions, isReportedMissing, knownEvents } from './known-events.ts'

type Needed = Pick<Evidence, 'events' | 'history' | 'snapshot'>

const FIELDS = ['type', 'inputSeq', 'tickSeq', 'recordedAt', 'equity', 'paused'] as const

/** The history has a row for each event and no other, and the snapshot the newest of each trader. */
export function checkHistory(evidence: Needed): readonly Violation[] {
  const { events, history, snapshot } = evidence
  const rows = new Map(history.map((row) => [keyOf(row), row]))
  const inLog = new Set(events.map(keyOf))
  const first = firstVersions(events)
  const stored = events.flatMap((event) => difference('a row is its event', event, rows.get(keyOf(event))))
  const more = history
    .filter((row) => !inLog.has(keyOf(row)) && row.version >= (first.get(row.trader) ?? 0))
    .map((row) => ({ promise: 'a row is its event', expected: `no ${keyOf(row)}`, found: inWords(row) }))
  const repeated =
    rows.size === history.length
      ? []
      : [
          {
            promise: 'a row is its event',
            expected: `each version once in ${history.length} rows`,
            found: `${rows.size} versions`,
          },
        ]
  const newest = new Map([...knownEvents(evidence)].map(([trader, known]) => [trader, known.at(-1)]))
  const snapshots = new Map(snapshot.map((row) => [row.trader, row]))
  const last = [...newest.values()].flatMap((event) =>
    event === undefined ? [] : difference('the snapshot is the newest row', event, snapshots.get(event.trader)),
  )
  const strange = snapshot
    .filter(({ trader }) => !newest.has(trader))
    .map((row) => ({
      promise: 'the snapshot is the newest row',
      expected: `no row of ${row.trader}`,
      found: inWords(row),
    }))
  return [...stored, ...more, ...repeated, ...last, ...strange]
}

/** Subscribers only receive stored events, and these stay unchanged, even if the log was damaged and adopted since. */
export function checkHeardEvents(evidence: Pick<Evidence, 'events' | 'history' | 'client'>): readonly Violation[] {
  const known = new Map(
    [...knownEvents(evidence)].map(([trader, events]) => [
      trader,
      new Map(events.map((event) => [event.version, event])),
    ]),
  )
  return evidence.client.heard.flatMap((event): Violation[] => {
    const { trader, version } = event
    const stored = known.get(trader)?.get(version)
    if (stored !== undefined && FIELDS.every((field) => stored[field] === event[field])) return []
    if (stored === undefined && isReportedMissing(evidence.client, trader, version)) return []
    const found = stored === undefined ? 'no such event in RISK or in the history' : inWords(stored)
    return [{ promise: 'only what is stored is heard', expected: inWords(event), found }]
  })
}

function difference(promise: string, event: EventFacts, row: EventFacts | undefined): Violation[] {
  if (row === undefined) return [{ promise, expected: inWords(event), found: 'no row' }]
  if (row.version === event.version && FIELDS.every((field) => row[field] === event[field])) return []
  return [{ promise, expected: inWords(event), found: inWords(row) }]
}

function keyOf({ trader, version }: EventFacts): string {
  return `version ${version} of ${trader}`
}

function inWords(facts: EventFacts): string {
  return `${keyOf(facts)}: ${FIELDS.map((field) => `${field} ${facts[field]}`).join(', ')}`
}

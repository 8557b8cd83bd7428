import type { EventFacts, Evidence } from './evidence.ts'
import { knownEvents } from './known-events.ts'
import type { Violation } from './violation.ts'

type Needed = Pick<Evidence, 'events' | 'history' | 'client'>

const FIELDS = ['type', 'inputSeq', 'tickSeq', 'recordedAt', 'equity', 'paused'] as const

/** Subscribers only receive stored events, and these stay unchanged, even if the log was damaged and adopted since. */
export function checkHeardEvents(evidence: Needed): readonly Violation[] {
  const { heard, reportedMissing } = evidence.client
  const known = new Map(
    [...knownEvents(evidence)].map(([trader, events]) => [
      trader,
      new Map(events.map((event) => [event.version, event])),
    ]),
  )
  return heard.flatMap((event): Violation[] => {
    const { trader, version } = event
    const stored = known.get(trader)?.get(version)
    if (stored !== undefined && FIELDS.every((field) => stored[field] === event[field])) return []
    if (
      stored === undefined &&
      reportedMissing.some((one) => one.trader === trader && version >= one.from && version <= one.to)
    ) {
      return []
    }
    const found = stored === undefined ? 'no such event in RISK or in the history' : inWords(stored)
    return [{ promise: 'only what is stored is heard', expected: inWords(event), found }]
  })
}

function inWords(event: EventFacts): string {
  return `version ${event.version} of ${event.trader}: ${FIELDS.map((field) => `${field} ${event[field]}`).join(', ')}`
}

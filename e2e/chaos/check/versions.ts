import type { Evidence, Violation } from './evidence.ts'
import { firstVersions, isReportedMissing, knownEvents } from './known-events.ts'

type Needed = Pick<Evidence, 'events' | 'history' | 'client'>

/** Versions of a trader go up by one, in the order of the log and of its inputs. */
export function checkVersions(evidence: Needed): readonly Violation[] {
  return [...inOrderOfLog(evidence), ...withoutGap(evidence)]
}

function inOrderOfLog({ events }: Needed): Violation[] {
  const next = firstVersions(events)
  return events.flatMap(({ trader, version, seq }) => {
    const expected = next.get(trader) ?? 1
    next.set(trader, version + 1)
    if (version === expected) return []
    return [
      {
        promise: 'versions have neither gap nor repetition',
        expected: `version ${expected} of ${trader} as message ${seq} of RISK`,
        found: `version ${version}`,
      },
    ]
  })
}

function withoutGap(evidence: Needed): Violation[] {
  return [...knownEvents(evidence)].flatMap(([trader, events]) => {
    let before = { version: 0, inputSeq: 0 }
    return events.flatMap((event): Violation[] => {
      const [last, next] = [before, event]
      before = event
      const gap = Array.from({ length: next.version - last.version - 1 }, (_, index) => last.version + 1 + index)
      const unexplained = gap.filter((version) => !isReportedMissing(evidence.client, trader, version))
      if (unexplained.length > 0) {
        const expected = `version ${unexplained[0]} of ${trader} in RISK or in the history`
        return [{ promise: 'versions have neither gap nor repetition', expected, found: 'none' }]
      }
      if (next.inputSeq > last.inputSeq) return []
      const expected = `version ${next.version} of ${trader} to be of an input after ${last.inputSeq}`
      return [{ promise: 'events follow their inputs', expected, found: `input ${next.inputSeq}` }]
    })
  })
}

import type { Evidence, Violation } from './evidence.ts'
import { type KnownEvent, knownEvents } from './known-events.ts'

type Needed = Pick<Evidence, 'events' | 'history' | 'client' | 'leaseMs' | 'pollMs'>

/** A guardian checks the end of INPUTS once a second, and sends heartbeats at the same rate. */
const HEARTBEAT_MS = 1_000

/** From one moment to another no gate of the trader may be open. */
interface ClosedTime {
  readonly event: KnownEvent
  readonly from: number
  readonly until: number
}

/** Within the lease after a pause is stored the gate is closed, and stays so until an event ends the pause. */
export function checkGates(evidence: Needed): readonly Violation[] {
  const looks = Map.groupBy(
    evidence.client.looks.filter(({ allowed }) => allowed),
    ({ trader }) => trader,
  )
  return [...knownEvents(evidence)].flatMap(([trader, events]) => {
    const open = looks.get(trader) ?? []
    return closedTimes(events, evidence).flatMap(({ event, from, until }): Violation[] => {
      // The gate was open at some moment between the question and its answer.
      const seen = open.find(({ askedAt, answeredAt }) => askedAt > from && answeredAt < until)
      if (seen === undefined) return []
      const { version, type, recordedAt } = event
      const end = until === Number.POSITIVE_INFINITY ? 'the end' : inWords(until)
      return [
        {
          promise: 'a gate is closed within the lease after a pause',
          expected: `the gate of ${trader} closed from ${inWords(from)} to ${end}: version ${version}, ${type}, of ${recordedAt}, pauses it`,
          found: `open between ${inWords(seen.askedAt)} and ${inWords(seen.answeredAt)}`,
        },
      ]
    })
  })
}

function closedTimes(events: readonly KnownEvent[], { leaseMs, pollMs }: Needed): ClosedTime[] {
  const times: ClosedTime[] = []
  let began: KnownEvent | null = null
  for (const event of events) {
    if (event.paused) began ??= event
    else if (began !== null) {
      times.push({ event: began, from: closedFrom(began, leaseMs) + pollMs, until: Date.parse(event.recordedAt) })
      began = null
    }
  }
  if (began !== null) {
    times.push({ event: began, from: closedFrom(began, leaseMs) + pollMs, until: Number.POSITIVE_INFINITY })
  }
  return times
}

/**
 * The lease after RISK stored the pause. An undecided input also ends heartbeats, half a lease after a guardian saw it; if the
 * log was adopted since, this is the only bound.
 */
function closedFrom({ storedAt, recordedAt }: KnownEvent, leaseMs: number): number {
  const byInput = Date.parse(recordedAt) + HEARTBEAT_MS + 1.5 * leaseMs
  return storedAt === null ? byInput : Math.min(storedAt + leaseMs, byInput)
}

function inWords(at: number): string {
  return new Date(at).toISOString()
}

/** Every answered request for an exit is answered with yes. */
export function checkExits({ client }: Pick<Evidence, 'client'>): readonly Violation[] {
  return client.exits.map(({ trader, askedAt, answer }) => ({
    promise: 'an exit is never refused',
    expected: `an exit of ${trader} allowed at ${new Date(askedAt).toISOString()}`,
    found: answer,
  }))
}

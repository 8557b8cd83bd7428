import { type Instant, parseInstant, streams, subjects } from '@drawbridge/contracts'
import { lastMessage, messageSince } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'

/** Where a listener begins, as a request says it. */
interface Beginning {
  /** The last event of a listener that reconnects; it takes precedence. */
  readonly lastEventId: unknown
  readonly after: number | undefined
  readonly since: string | undefined
}

/** The sequence to begin with, and its log. @throws if the given sequence is not in this log */
export async function placeOf(manager: JetStreamManager, { lastEventId, after, since }: Beginning) {
  const time = since === undefined ? null : instantOf(since)
  const { created, state } = await manager.streams.info(streams.risk)
  const end = state.last_seq
  const named = sequenceOf(lastEventId) ?? after ?? null
  if (named === null) return { from: time === null ? end + 1 : await firstSince(manager, time, end), created }
  if (named <= end) return { from: named + 1, created }
  const words = `event ${named} is not in this risk log, which ends at ${end}; start again without Last-Event-ID`
  throw new HttpFault(409, 'unknown-event-id', words)
}

/** The sequence of the newest event on these subjects; 0: there is none. */
export async function endOf(manager: JetStreamManager, wanted: readonly string[]): Promise<number> {
  const newest = await Promise.all(wanted.map((subject) => lastMessage(manager, streams.risk, subject)))
  return Math.max(0, ...newest.map((message) => message?.seq ?? 0))
}

async function firstSince(manager: JetStreamManager, time: Instant, end: number): Promise<number> {
  // The server counts nanoseconds in 64 bits: far in the past or the future it takes a time for another one.
  if (time > Date.now()) return end + 1
  if (time < 0) return 1
  return (await messageSince(manager, streams.risk, subjects.storedAll, time))?.seq ?? end + 1
}

function instantOf(text: string): Instant {
  const time = parseInstant(text)
  if (time.ok) return time.value
  throw new HttpFault(400, 'invalid-query', `since ${time.reason}`)
}

/** Null: the request has none. */
function sequenceOf(header: unknown): number | null {
  if (header === undefined) return null
  if (/^\d{1,15}$/.test(String(header))) return Number(header)
  throw new HttpFault(400, 'invalid-event-id', 'Last-Event-ID must be the id of an event, a whole number')
}

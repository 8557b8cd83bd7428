import { headerNames, subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { createInbox, headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node'

/** A message to publish into a stream. */
export interface Outgoing {
  readonly subject: string
  readonly payload: Uint8Array
  readonly headers?: MsgHdrs
  /** Called with the sequence at which it was stored. */
  readonly onStored?: (seq: number) => void
}

/** The server itself refuses when 10,000 publishes wait for a stream. */
const TICKS_IN_FLIGHT = 4_000
/** As long as the name of a guardian: host, process, time. */
const GUARDIAN = 'floor-of-the-bench-12345-mgvmg0xw'
/** The time of the first tick. */
export const START = Date.UTC(2026, 2, 12, 9)

/**
 * Publishes one message after the other, and makes each only when it is published. At most `inFlightMax` wait for their
 * acknowledgement, on one wildcard inbox. Returns when all are stored. @throws if the stream refuses one
 */
export async function publishAll(
  connection: NatsConnection,
  messages: Iterable<Outgoing>,
  inFlightMax: number,
): Promise<void> {
  const inbox = createInbox()
  const { promise: allStored, resolve, reject } = Promise.withResolvers<void>()
  const waiting = new Map<string, Outgoing>()
  const rest = messages[Symbol.iterator]()
  let count = 0
  const send = () => {
    while (waiting.size < inFlightMax) {
      const next = rest.next()
      if (next.done === true) {
        if (waiting.size === 0) resolve()
        return
      }
      const { subject, payload, headers } = next.value
      const reply = `${inbox}.${count++}`
      waiting.set(reply, next.value)
      connection.publish(subject, payload, headers === undefined ? { reply } : { reply, headers })
    }
  }
  const replies = connection.subscribe(`${inbox}.*`, {
    callback: (_error, reply) => {
      const outgoing = waiting.get(reply.subject)
      if (outgoing === undefined) return
      waiting.delete(reply.subject)
      const answer: { seq?: number; error?: unknown } = reply.data.length === 0 ? {} : reply.json()
      if (answer.seq === undefined || answer.error !== undefined) {
        reject(new Error(`not stored: ${outgoing.subject}: ${reply.string()}`))
        return
      }
      try {
        outgoing.onStored?.(answer.seq)
        send()
      } catch (error) {
        reject(error as Error)
      }
    },
  })
  send()
  await allStored.finally(() => replies.unsubscribe())
}

/** Names of one length, so that the name in the bytes of an event can be replaced by another. */
export function traderName(index: number): TraderId {
  return `trader-${String(index).padStart(7, '0')}`
}

/** A full-form tick that breaches no limit and reaches no warning. */
export function tickBytes(index: number): Uint8Array {
  const equity = 10_000 + ((index * 37) % 100) + 0.25
  return toJsonBytes({
    equity,
    balance: 10_000.5,
    unrealizedPnl: Math.round((equity - 10_000.5) * 100) / 100,
    at: new Date(START + index).toISOString(),
    seq: index,
  })
}

/** As a bot sends it that traces all its ticks; the event carries it on. */
export function traceparentOf(index: number): string {
  const id = index.toString(16).padStart(16, '0')
  return `00-${id.padStart(32, 'a')}-${id.replace(/^0/, 'b')}-01`
}

/** Fills an empty INPUTS with ticks, one trader after the other. */
export function preloadTicks(connection: NatsConnection, ticks: number, traders: number): Promise<void> {
  return publishAll(connection, ticksInTurn(ticks, traders), TICKS_IN_FLIGHT)
}

function* ticksInTurn(ticks: number, traders: number): Generator<Outgoing> {
  for (let index = 0; index < ticks; index += 1) {
    const carried = headers()
    carried.set(headerNames.traceparent, traceparentOf(index))
    yield { subject: subjects.tick(traderName(index % traders)), payload: tickBytes(index), headers: carried }
  }
}

/** The headers of a guardian's event, built by separate code. */
export function headersOfEvent(trader: TraderId, lastSeq: number, settled: number, traceparent: string): MsgHdrs {
  const built = headers()
  built.set(headerNames.expectedLastSubjectSequence, String(lastSeq))
  built.set(headerNames.expectedLastSubjectSequenceSubject, subjects.traderLog(trader))
  built.set(headerNames.settled, String(settled))
  built.set(headerNames.guardian, GUARDIAN)
  if (traceparent !== '') built.set(headerNames.traceparent, traceparent)
  return built
}

import {
  type ConfigEvent,
  decodeConfigEvent,
  decodeRiskEvent,
  headerNames,
  parseEventSubject,
  type RiskEvent,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { type Follower, followStream, lastMessage } from '@drawbridge/service-kit'
import type { JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

/** Hears what the risk log holds, in stream order. */
export interface RiskLogListener {
  readonly onTraderEvent: (event: RiskEvent, seq: number) => void
  readonly onConfigSeq: (subject: string, seq: number) => void
  readonly onConfigEvent: (event: ConfigEvent) => void
  readonly onSettled: (settled: number) => void
}

/** Every flags and limits event that the log has ever held, in order. */
export async function readConfigurations(
  connection: NatsConnection,
  manager: JetStreamManager,
): Promise<ConfigEvent[]> {
  const filterSubjects = [subjects.config('flags'), subjects.config('limits')]
  const ends = await Promise.all(filterSubjects.map((subject) => lastMessage(manager, streams.risk, subject)))
  const end = Math.max(0, ...ends.map((message) => message?.seq ?? 0))
  const events: ConfigEvent[] = []
  await readUntil(connection, { start: { from: 1 }, filterSubjects, end }, (message) => {
    const event = configEventOf(message)
    if (event !== null) events.push(event)
  })
  return events
}

/**
 * Reads the newest event of each subject, resolves once all that was in the log is read, and goes on hearing.
 * @param ownName the guardian whose events need not be heard once the reading is done: it wrote them
 */
export async function followRiskLog(
  connection: NatsConnection,
  manager: JetStreamManager,
  ownName: string,
  listener: RiskLogListener,
  onLost: (error: Error) => void,
): Promise<Follower> {
  const end = (await manager.streams.info(streams.risk)).state.last_seq
  return readUntil(connection, { start: 'last-per-subject', end, onLost, keepOn: true }, (message) => {
    const header = (name: string) => message.headers?.get(name) ?? ''
    if (header(headerNames.guardian) === ownName) return
    listener.onSettled(Number(header(headerNames.settled)))
    const address = parseEventSubject(message.subject)
    if (address.kind === 'trader') {
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw unreadable(message, event.reason)
      listener.onTraderEvent(event.value, message.seq)
      return
    }
    listener.onConfigSeq(message.subject, message.seq)
    const event = configEventOf(message)
    if (event !== null) listener.onConfigEvent(event)
  })
}

function configEventOf(message: JsMsg): ConfigEvent | null {
  const address = parseEventSubject(message.subject)
  if (address.kind !== 'config' || address.config === 'settled') return null
  const event = decodeConfigEvent(address.config, message.data)
  if (!event.ok) throw unreadable(message, event.reason)
  return event.value
}

function unreadable(message: JsMsg, reason: string): Error {
  return new Error(
    `event ${message.seq} of the risk log (${message.subject}) cannot be read: ${reason}; ` +
      'it was written by something other than a guardian, or by a newer one: upgrade this one',
  )
}

interface Reading {
  readonly start: { readonly from: number } | 'last-per-subject'
  readonly filterSubjects?: readonly string[]
  /** Stream sequence of the last message that is there. */
  readonly end: number
  readonly keepOn?: boolean
  readonly onLost?: (error: Error) => void
}

/** Resolves when the message at the end has been read; stops then, unless it is to keep on. */
async function readUntil(
  connection: NatsConnection,
  { start, filterSubjects, end, keepOn = false, onLost }: Reading,
  onMessage: (message: JsMsg) => void,
): Promise<Follower> {
  const { promise: atEnd, resolve, reject } = Promise.withResolvers<void>()
  if (end === 0) resolve()
  const follower = await followStream(connection, {
    stream: streams.risk,
    ...(filterSubjects === undefined ? {} : { filterSubjects }),
    start,
    onMessage: (message) => {
      onMessage(message)
      if (message.seq >= end) resolve()
    },
    onLost: (error) => {
      reject(error)
      onLost?.(error)
    },
  })
  try {
    await atEnd
  } catch (error) {
    follower.stop()
    throw error
  }
  if (!keepOn) follower.stop()
  return follower
}

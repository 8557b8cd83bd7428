import {
  type ConfigEvent,
  decodeConfigEvent,
  decodeRiskEvent,
  decodeSettled,
  headerNames,
  isConfiguration,
  parseEventSubject,
  type RiskEvent,
  type SettledEvent,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { followStream, type StreamMessage } from '@drawbridge/nats'
import { removedEventOf } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'

export const UNREADABLE_REMEDY =
  'it was written by something other than a guardian, or by a newer one: upgrade this one'

/** Hears what the risk log holds, in stream order. */
export interface RiskLogListener {
  readonly onTraderEvent: (event: RiskEvent, seq: number) => void
  readonly onConfigEvent: (event: ConfigEvent, seq: number) => void
  readonly onSettledEvent: (event: SettledEvent, seq: number) => void
  /** An admin has removed an input: nobody decides it any more. */
  readonly onRemoved: (inputSeq: number) => void
  /** The watermark that an event carries, and the name of the guardian that wrote it; empty where none did. */
  readonly onSettled: (settled: number, guardian: string) => void
}

/** Reads every flags and limits event that the log has ever held, in order. */
export async function readConfigurations(
  connection: NatsConnection,
  onEvent: (event: ConfigEvent) => void,
): Promise<void> {
  const follower = await followStream(connection, {
    stream: streams.risk,
    filterSubjects: [subjects.config('flags'), subjects.config('limits')],
    start: { from: 1 },
    onMessage: (message) => {
      const address = parseEventSubject(message.subject)
      if (address.kind === 'config' && isConfiguration(address.config)) onEvent(configEventOf(message, address.config))
    },
    onLost: () => undefined,
  })
  await follower.caughtUp
  follower.stop()
}

/**
 * Takes over a message of the risk log.
 * @param ownName the guardian whose events on traders need not be heard: it wrote them
 * @throws where it cannot be read
 */
export function hear(message: StreamMessage, ownName: string, listener: RiskLogListener): void {
  const address = parseEventSubject(message.subject)
  const guardian = message.header(headerNames.guardian)
  if (guardian === ownName) {
    // Whose answer was lost is known from here alone once another configuration has followed it.
    if (address.kind === 'config' && isConfiguration(address.config)) hearConfig(message, address.config, listener)
    return
  }
  if (address.kind === 'config' && address.config === 'removed') {
    // No guardian wrote it: it says nothing of whose turn it is, or of how far all is settled.
    listener.onRemoved(removedEventOf(message).inputSeq)
    return
  }
  const settled = Number(message.header(headerNames.settled))
  if (!Number.isSafeInteger(settled)) throw unreadable(message, `its ${headerNames.settled} is not a whole number`)
  listener.onSettled(settled, guardian)
  switch (address.kind) {
    case 'trader': {
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw unreadable(message, event.reason)
      if (event.value.trader !== address.trader) throw unreadable(message, `it is of trader ${event.value.trader}`)
      listener.onTraderEvent(event.value, message.seq)
      break
    }
    case 'config':
      if (isConfiguration(address.config)) hearConfig(message, address.config, listener)
      else listener.onSettledEvent(settledEventOf(message), message.seq)
      break
    case 'unknown':
      throw unreadable(message, 'no event is known by its subject')
    default:
      address satisfies never
  }
}

function hearConfig(message: StreamMessage, kind: ConfigEvent['kind'], listener: RiskLogListener): void {
  listener.onConfigEvent(configEventOf(message, kind), message.seq)
}

function configEventOf(message: StreamMessage, kind: ConfigEvent['kind']): ConfigEvent {
  const event = decodeConfigEvent(kind, message.data)
  if (!event.ok) throw unreadable(message, event.reason)
  return event.value
}

function settledEventOf(message: StreamMessage): SettledEvent {
  const event = decodeSettled(message.data)
  if (!event.ok) throw unreadable(message, event.reason)
  return event.value
}

function unreadable(message: StreamMessage, reason: string): Error {
  return new Error(
    `event ${message.seq} of the risk log (${message.subject}) cannot be read: ${reason}; ${UNREADABLE_REMEDY}`,
  )
}

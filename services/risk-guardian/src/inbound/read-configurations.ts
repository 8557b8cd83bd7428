import {
  type ConfigEvent,
  decodeConfigEvent,
  isConfiguration,
  parseEventSubject,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { followStream, type StreamMessage } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import { unreadableEvent } from '../unreadable-event.ts'

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

/** @throws where it cannot be read */
export function configEventOf(message: StreamMessage, kind: ConfigEvent['kind']): ConfigEvent {
  const event = decodeConfigEvent(kind, message.data)
  if (!event.ok) throw unreadableEvent(message.seq, ` (${message.subject})`, event.reason)
  return event.value
}

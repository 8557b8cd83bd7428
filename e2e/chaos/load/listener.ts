import type { NatsConnection } from '@nats-io/transport-node'
import { factsOf, type WireEvent } from '../check/read-streams.ts'
import type { ClientLog } from './client-log.ts'

/** Records events of traders as a plain subscriber, which misses events while it is disconnected. */
export function listen(connection: NatsConnection, { heard }: ClientLog): void {
  connection.subscribe('risk.*.*', {
    callback: (error, message) => {
      if (error === null && !message.subject.startsWith('risk.config.')) heard.push(factsOf(message.json<WireEvent>()))
    },
  })
}

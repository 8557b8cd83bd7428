import type { NatsConnection } from '@nats-io/transport-node'
import { factsOf, type WireEvent } from '../check/read-streams.ts'
import type { ClientLog } from './client-log.ts'

/** Keeps what a plain subscriber hears of traders. What comes while it is disconnected it never hears. */
export function listen(connection: NatsConnection, { heard }: ClientLog): void {
  connection.subscribe('risk.*.*', {
    callback: (error, message) => {
      if (error === null && !message.subject.startsWith('risk.config.')) heard.push(factsOf(message.json<WireEvent>()))
    },
  })
}

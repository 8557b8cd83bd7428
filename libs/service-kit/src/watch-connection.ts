import type { NatsConnection } from '@nats-io/transport-node'

export interface ConnectionWatch {
  /** Why NATS is away; null: it is not. */
  readonly away: string | null
}

/** Knows whether NATS is there, and calls back each time it has come back. */
export function watchConnection(connection: NatsConnection, onReconnect: () => void): ConnectionWatch {
  const watch: { away: string | null } = { away: null }
  void followStatus(connection, (away) => {
    watch.away = away
    if (away === null) onReconnect()
  })
  return watch
}

async function followStatus(connection: NatsConnection, onChange: (away: string | null) => void): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') onChange(`NATS at ${status.server} cannot be reached`)
    if (status.type === 'reconnect') onChange(null)
  }
}

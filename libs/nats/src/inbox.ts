import { createInbox, type NatsConnection } from '@nats-io/transport-node'

const prefixes = new WeakMap<NatsConnection, string>()

/** Remembers the inbox prefix of a connection; the client does not expose it. */
export function setInboxPrefix(connection: NatsConnection, prefix: string): void {
  prefixes.set(connection, prefix)
}

/** A new reply subject to which the user of this connection may subscribe. */
export function inboxOf(connection: NatsConnection): string {
  return createInbox(prefixes.get(connection))
}

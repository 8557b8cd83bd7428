import { createInbox, type NatsConnection } from '@nats-io/transport-node'

const prefixes = new WeakMap<NatsConnection, string>()

/** Says under what the inboxes of a connection are; the client keeps what it was told to itself. */
export function setInboxPrefix(connection: NatsConnection, prefix: string): void {
  prefixes.set(connection, prefix)
}

/** A new subject for answers, which the user of this connection may hear. */
export function inboxOf(connection: NatsConnection): string {
  return createInbox(prefixes.get(connection))
}

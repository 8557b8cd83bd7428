import { type NotifyCommand, subjects, toJsonBytes } from '@drawbridge/contracts'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

const WITHIN_MS = 5_000

/** Keeps what somebody asks for in a chat as what the console asks for is kept. @throws if it is not stored */
export async function sendCommand(connection: NatsConnection, command: NotifyCommand): Promise<void> {
  await jetstream(connection, { timeout: WITHIN_MS }).publish(subjects.notifyCommand('notifier'), toJsonBytes(command))
}

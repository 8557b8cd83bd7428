import { jetStreamApi } from '@drawbridge/contracts'
import type { Msg, NatsConnection } from '@nats-io/transport-node'

/**
 * Whether the message was pushed by a consumer and not published. A user who may create consumers of its own events can
 * have them, and idle heartbeats, pushed to any subject, and no NATS permission forbids that. A pushed message has an
 * acknowledgement subject or a status.
 */
export function isPushed({ reply = '', headers }: Pick<Msg, 'reply' | 'headers'>): boolean {
  return reply.startsWith(jetStreamApi.ackPrefix) || (headers?.code ?? 0) !== 0
}

/**
 * Hears what is published on a subject, and nothing that a consumer pushes there.
 * @param onRefused called where NATS does not let this user hear it, after which nothing is heard
 * @returns how to end that
 */
export function hearPublished(
  connection: NatsConnection,
  subject: string,
  take: (message: Msg) => void,
  onRefused: () => void = () => undefined,
): () => void {
  const subscription = connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) onRefused()
      else if (!isPushed(message)) take(message)
    },
  })
  return () => subscription.unsubscribe()
}

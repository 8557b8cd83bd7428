import { jetStreamApi } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'

/**
 * Whether the message was pushed by a consumer and not published. A user who may create consumers of its own events can
 * have them, and idle heartbeats, pushed to any subject, and no NATS permission forbids that. A pushed message has an
 * acknowledgement subject or a status.
 */
export function isPushed({ reply = '', headers }: Pick<Msg, 'reply' | 'headers'>): boolean {
  return reply.startsWith(jetStreamApi.ackPrefix) || (headers?.code ?? 0) !== 0
}

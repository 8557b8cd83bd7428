import { jetStreamApi } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'

/**
 * Whether a consumer pushed the message, and nobody published it. Whoever may make consumers of its own events may have
 * them pushed, with signs of life of the consumer, to any subject that somebody listens on, and no permission of NATS
 * forbids it. What is pushed has an address for its acknowledgement, or a status.
 */
export function isPushed({ reply = '', headers }: Pick<Msg, 'reply' | 'headers'>): boolean {
  return reply.startsWith(jetStreamApi.ackPrefix) || (headers?.code ?? 0) !== 0
}

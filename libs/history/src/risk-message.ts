import { headerNames } from '@drawbridge/contracts'
import type { StreamMessage } from '@drawbridge/nats'
import type { RiskMessage } from './core/read-message.ts'

/** What is read of a message of RISK. */
export function riskMessage(message: StreamMessage): RiskMessage {
  const { subject, data, seq } = message
  return { subject, data, seq, traceparent: message.header(headerNames.traceparent) }
}

import { streams } from '@drawbridge/contracts'
import { isStreamMissing } from '@drawbridge/nats'
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'

const AWAY = [
  errors.ClosedConnectionError,
  errors.ConnectionError,
  errors.DrainingConnectionError,
  errors.NoRespondersError,
  errors.RequestError,
  errors.TimeoutError,
  // A pull that the server ended.
  JetStreamError,
] as const

/** Why NATS cannot serve us now but may later; null for an error that waiting does not cure. */
export function natsAway(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (isStreamMissing(error)) {
    return `stream ${streams.risk} does not exist; create it with: npm run provision`
  }
  if (error instanceof JetStreamApiError) {
    return error.status === 404 || error.status >= 500 ? `JetStream cannot serve: ${error.message}` : null
  }
  // Nobody answers for JetStream, for instance while a server starts. The client does not export this class.
  const unanswered = error.name === 'JetStreamNotEnabled'
  return unanswered || AWAY.some((kind) => error instanceof kind) ? `NATS cannot be reached: ${error.message}` : null
}

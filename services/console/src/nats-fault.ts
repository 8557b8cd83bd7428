import { HttpFault } from '@drawbridge/service-kit'
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'

const OF_NATS = [
  errors.TimeoutError,
  errors.NoRespondersError,
  errors.RequestError,
  errors.ConnectionError,
  errors.ClosedConnectionError,
  errors.DrainingConnectionError,
  errors.PermissionViolationError,
  JetStreamApiError,
  JetStreamError,
]

/** The HTTP answer for an error of NATS; any other error unchanged. */
export function natsFault(error: unknown): unknown {
  if (!OF_NATS.some((kind) => error instanceof kind)) return error
  const { message } = error as Error
  const words = `NATS failed: ${message}; try again, and send a command again with the same Idempotency-Key`
  return new HttpFault(503, 'nats-unavailable', words)
}

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

/** What NATS did not do, as it is answered; any other error as it is. */
export function natsFault(error: unknown): unknown {
  if (!OF_NATS.some((kind) => error instanceof kind)) return error
  const { message } = error as Error
  return new HttpFault(
    503,
    'nats-unavailable',
    `NATS has not done it: ${message}; ask again, and send a command again under the same Idempotency-Key`,
  )
}

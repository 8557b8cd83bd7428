import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import type { OperatorParts } from './operator-parts.ts'
import { addFlagRoutes, addLimitRoutes } from './routes/configuration-routes.ts'
import { addEventRoutes, LISTENER_DEFAULTS, type ListenerSettings } from './routes/event-routes.ts'
import { addCommandRoutes, addExplainRoutes, addTraderRoutes } from './routes/trader-routes.ts'

/** The operators' API. Its parts are closed together with the server. */
export async function operatorApi(
  server: HttpServer,
  { parts, listeners = {} }: { readonly parts: OperatorParts; readonly listeners?: Partial<ListenerSettings> },
): Promise<void> {
  server.addHook('preClose', async () => parts.close())
  server.setErrorHandler((error) => {
    throw natsFault(error)
  })
  addFlagRoutes(server, parts)
  addLimitRoutes(server, parts)
  addTraderRoutes(server, parts)
  addCommandRoutes(server, parts)
  addExplainRoutes(server, parts)
  addEventRoutes(server, parts, { ...LISTENER_DEFAULTS, ...listeners })
}

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
function natsFault(error: unknown): unknown {
  if (!OF_NATS.some((kind) => error instanceof kind)) return error
  const { message } = error as Error
  const words = `NATS failed: ${message}; try again, and send a command again with the same Idempotency-Key`
  return new HttpFault(503, 'nats-unavailable', words)
}

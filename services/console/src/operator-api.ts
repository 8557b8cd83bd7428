import type { HttpServer } from '@drawbridge/service-kit'
import { natsFault } from './nats-fault.ts'
import type { OperatorParts } from './operator-parts.ts'
import { addFlagRoutes, addLimitRoutes } from './routes/configuration-routes.ts'
import { addEventRoutes, LISTENER_DEFAULTS, type ListenerSettings } from './routes/event-routes.ts'
import { addManyRoutes } from './routes/many-routes.ts'
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
  addManyRoutes(server, parts)
  addExplainRoutes(server, parts)
  addEventRoutes(server, parts, { ...LISTENER_DEFAULTS, ...listeners })
}

import type { HttpServer } from '@drawbridge/service-kit'
import type { OperatorParts } from './operator-parts.ts'
import { addCommandRoutes } from './routes/command-routes.ts'
import { addEventRoutes, LISTENER_DEFAULTS, type ListenerSettings } from './routes/event-routes.ts'
import { addExplainRoutes } from './routes/explain-routes.ts'
import { addFlagRoutes } from './routes/flag-routes.ts'
import { addLimitRoutes } from './routes/limit-routes.ts'
import { natsFault } from './routes/nats-fault.ts'
import { addTraderRoutes } from './routes/trader-routes.ts'

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

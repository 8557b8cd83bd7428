import type { HistoryReader } from '@drawbridge/history/reads'
import type { HttpServer } from '@drawbridge/service-kit'
import { natsFault } from './nats-fault.ts'
import type { OperatorParts } from './operator-parts.ts'
import { addFlagRoutes, addLimitRoutes } from './routes/configuration-routes.ts'
import { addEventRoutes, LISTENER_DEFAULTS, type ListenerSettings } from './routes/event-routes.ts'
import { addExportRoutes } from './routes/export-routes.ts'
import { addFleetAtRoutes } from './routes/fleet-at-routes.ts'
import { addHealthRoutes } from './routes/health-routes.ts'
import { addHistoryRoutes } from './routes/history-routes.ts'
import { addLiveRoutes } from './routes/live-routes.ts'
import { addManyRoutes } from './routes/many-routes.ts'
import { addNotifyRoutes } from './routes/notify-routes.ts'
import { addPresetRoutes } from './routes/preset-routes.ts'
import { addPreviewRoutes } from './routes/preview-routes.ts'
import { addRecordingRoutes } from './routes/recording-routes.ts'
import { addCommandRoutes, addExplainRoutes, addTraderRoutes } from './routes/trader-routes.ts'

interface OperatorApi {
  readonly parts: OperatorParts
  /** Absent: it answers from the log alone. */
  readonly history?: HistoryReader
  readonly listeners?: Partial<ListenerSettings>
}

/** The operators' API. Its parts are closed together with the server. */
export async function operatorApi(
  server: HttpServer,
  { parts, history: reader, listeners = {} }: OperatorApi,
): Promise<void> {
  server.addHook('preClose', async () => parts.close())
  server.setErrorHandler((error) => {
    throw natsFault(error)
  })
  addFlagRoutes(server, parts)
  addLimitRoutes(server, parts)
  addPresetRoutes(server)
  addTraderRoutes(server, parts)
  addCommandRoutes(server, parts)
  addManyRoutes(server, parts)
  addPreviewRoutes(server, parts)
  addExplainRoutes(server, parts)
  addLiveRoutes(server, parts)
  addHealthRoutes(server, parts)
  addNotifyRoutes(server, parts)
  addEventRoutes(server, parts, { ...LISTENER_DEFAULTS, ...listeners })
  if (reader === undefined) return
  const history = { reader, known: parts.known }
  addHistoryRoutes(server, history)
  addFleetAtRoutes(server, reader)
  addExportRoutes(server, history)
  addRecordingRoutes(server, history)
}

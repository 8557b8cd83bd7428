import type { HttpServer } from '@drawbridge/service-kit'
import type { OperatorParts } from '../operator-parts.ts'
import { healthAnswer } from './schemas.ts'

/** `/api/health`: how each stage is doing, for people. Machines ask `/readyz` and `/metrics`. */
export function addHealthRoutes(server: HttpServer, { health }: Pick<OperatorParts, 'health'>): void {
  const summary = 'How each stage is: lag, guardians, persisters, room of the logs, dead letters'
  server.get(
    '/api/health',
    { config: { access: 'read' }, schema: { summary, tags: ['health'], response: healthAnswer } },
    () => health.read(),
  )
}

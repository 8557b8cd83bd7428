import { PassThrough } from 'node:stream'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import type { OperatorParts } from '../operator-parts.ts'
import { liveAnswer } from './schemas.ts'

/** All pages read the log as one; each needs some memory and a connection. */
const PAGES_MAX = 1_000

/** `/api/live`: the fleet as it is and as it changes, for pages. */
export function addLiveRoutes(server: HttpServer, { live }: Pick<OperatorParts, 'live'>): void {
  const summary = 'The fleet, and its changes as they come, as server-sent events'
  const schema = { summary, tags: ['events'], response: liveAnswer }
  server.get('/api/live', { config: { access: 'read' }, schema }, (_request, reply) => {
    if (live.pages >= PAGES_MAX) {
      const words = `${PAGES_MAX} pages are open already; close some, and this one goes on by itself`
      throw new HttpFault(503, 'too-many-pages', words)
    }
    const listener = new PassThrough()
    live.add(listener)
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(listener)
  })
}

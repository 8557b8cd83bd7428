import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { TSchema } from 'typebox'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the body is to be, for the documents, where the handler reads its bytes. */
    takes?: TSchema
  }
}

/**
 * `/docs`, and the OpenAPI of all routes at `/docs/json`. They are made at the first request, by a server of their own
 * that is handed it: no service starts any later for them.
 */
export function addDocs(server: FastifyInstance, service: string): void {
  const routes: RouteOptions[] = []
  server.addHook('onRoute', (route) => {
    routes.push(route)
  })
  let made: Promise<FastifyInstance> | null = null
  const handOver = async (request: FastifyRequest, reply: FastifyReply) => {
    made ??= import('./openapi.ts').then(({ createDocsServer }) => createDocsServer(service, routes))
    const docs = await made.catch((error: unknown) => {
      // Whoever asks next has it tried once more.
      made = null
      throw error
    })
    reply.hijack()
    docs.routing(request.raw, reply.raw)
  }
  const options = { config: { access: 'open' }, schema: { hide: true } } as const
  server.get('/docs', options, handOver)
  server.get('/docs/*', options, handOver)
}

import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { TSchema } from 'typebox'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The schema of the body for the documents, where the handler reads its bytes. */
    takes?: TSchema
  }
}

/**
 * `/docs`, and the OpenAPI of all routes at `/docs/json`. A separate server builds them at the first request, so that they
 * do not delay the start of a service.
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
      // The next request tries again.
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

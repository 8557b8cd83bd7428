import { readFileSync } from 'node:fs'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import {
  type FastifyContextConfig,
  type FastifyInstance,
  type FastifySchema,
  fastify,
  type RouteOptions,
} from 'fastify'
import Type from 'typebox'
import type { Access } from './access.ts'
import { answerNotFound } from './errors.ts'

const ErrorSchema = Type.Object(
  { error: Type.Object({ code: Type.String(), message: Type.String() }) },
  { description: 'A refusal: what was wrong, where, and what to do' },
)

/** A server that answers below `/docs`, and knows only the descriptions of the routes. */
export async function createDocsServer(service: string, routes: readonly RouteOptions[]): Promise<FastifyInstance> {
  const server = fastify({ pluginTimeout: 0 })
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `Drawbridge ${service}`, version: versionOf('../../package.json') },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
  })
  await server.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, logLevel: 'silent' })
  server.setNotFoundHandler(answerNotFound)
  server.setValidatorCompiler(() => () => true)
  server.setSerializerCompiler(() => (data) => JSON.stringify(data))
  for (const { method, url, schema, config } of routes) {
    if (method === 'HEAD' || schema?.hide === true) continue
    server.route({ method, url, schema: nameless(describe(schema ?? {}, config ?? {})), handler: answerNotFound })
  }
  await server.ready()
  return server
}

function describe(
  schema: FastifySchema,
  { access = 'admin', takes, aboutTraders }: FastifyContextConfig,
): FastifySchema & { readonly 'x-access': Access; readonly 'x-bots': 'own' | 'none' } {
  const bots = aboutTraders === undefined ? '' : ' or the role "bot" for its own traders,'
  const needs = access === 'open' ? 'Needs no token.' : `Needs the role "${access}",${bots} once tokens are configured.`
  const response = (schema.response ?? { 200: { description: 'Done' } }) as object
  return {
    ...schema,
    ...(takes === undefined ? {} : { body: takes }),
    description: [schema.description, needs].filter((text) => text !== undefined).join(' '),
    security: access === 'open' ? [] : [{ token: [] }],
    response: { ...response, '4xx': ErrorSchema, '5xx': ErrorSchema },
    'x-access': access,
    'x-bots': aboutTraders === undefined ? 'none' : 'own',
  }
}

/** Removes `$id`: with it, a named part would count as another document here. */
function nameless<T extends object>(schema: T): T {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === '$id' ? undefined : value))) as T
}

function versionOf(manifest: string): string {
  const { version } = JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')) as { version: string }
  return version
}

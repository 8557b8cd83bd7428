import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController, type RawServerDefault } from 'fastify'
import type { Registry } from 'prom-client'
import type { HttpAddress } from '../config.ts'
import type { HttpSettings } from '../http-settings.ts'
import type { Logger } from '../log.ts'
import type { Readiness } from '../readiness.ts'
import { guardAccess } from './access.ts'
import { acceptBodies } from './bodies.ts'
import { answerClientError, answerError, answerFrameworkError, answerNotFound } from './errors.ts'
import { addHealthRoutes } from './health.ts'

/** Routes may have TypeBox schemas, and say `config: { access }`. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface HttpServerOptions {
  /** Its name, as the documents say it. */
  readonly service: string
  /** Where it is going to listen. */
  readonly address: HttpAddress
  readonly settings: HttpSettings
  readonly log: Logger
  readonly readiness: Readiness
  readonly metrics: Registry
}

/**
 * A server with `/livez`, `/readyz` and `/metrics`, and with the doors of every service: access by token, limits, bodies
 * and errors. Routes are to be added before it listens. Errors are `{"error": {"code", "message"}}`, the message saying
 * what was wrong and where.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { settings, log, readiness, metrics } = options
  const server = fastify({
    // Its own line of where it listens would say twice what the service says.
    loggerInstance: log.child({}, { level: 'warn' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: settings.bodyLimitBytes,
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: true,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  }).withTypeProvider<TypeBoxTypeProvider>()
  guardAccess(server, settings.tokens)
  acceptBodies(server)
  server.setNotFoundHandler(answerNotFound)
  server.setErrorHandler(answerError)
  addHealthRoutes(server, readiness, metrics, settings.metricsOpen ? 'open' : 'read')
  return server
}

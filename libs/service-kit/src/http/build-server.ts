import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, type FastifyServerOptions, fastify, LogController } from 'fastify'
import type { HttpSettings } from '../config/http-settings.ts'
import type { Logger } from '../log.ts'
import { guardAccess } from './access.ts'
import { acceptBodies } from './bodies.ts'
import { addDocs } from './docs.ts'
import { answerClientError, answerError, answerFrameworkError, answerNotFound } from './errors.ts'
import type { HttpFiles } from './files.ts'
import { refuseForeignPages } from './foreign-pages.ts'
import { addHealthRoutes } from './health.ts'
import type { HttpServer, HttpServerOptions } from './http-server.ts'
import { addLimits } from './limits.ts'
import { TokenFile } from './token-file.ts'
import type { ApiToken } from './tokens.ts'

/** From its first byte on, a request is to be here within so long. */
const REQUEST_WITHIN_MS = 30_000
/** Every bot may hold a few; beyond it, connections are closed. */
const CONNECTIONS_MAX = 4_096

/** Puts the doors in the order in which a request comes through them. */
export async function buildServer(options: HttpServerOptions, { tokens, tls }: HttpFiles): Promise<HttpServer> {
  const { service, settings, log, readiness, metrics } = options
  const server = bareServer(settings, log, tls)
  await addLimits(server, settings)
  refuseForeignPages(server, settings.allowedHosts, tokens.length > 0)
  guardAccess(server, tokensOf(settings, tokens, log))
  acceptBodies(server)
  server.setNotFoundHandler(answerNotFound)
  server.setErrorHandler(answerError)
  addDocs(server, service)
  addHealthRoutes(server, readiness, metrics, settings.metricsOpen ? 'open' : 'read')
  return server
}

function tokensOf({ tokensFile }: HttpSettings, tokens: readonly ApiToken[], log: Logger): () => readonly ApiToken[] {
  if (tokensFile === null) return () => tokens
  const file = new TokenFile(tokensFile, tokens, log)
  return () => file.current()
}

function bareServer(settings: HttpSettings, log: Logger, tls: HttpFiles['tls']): HttpServer {
  const options: FastifyServerOptions = {
    // Its own line of where it listens would say twice what the service says.
    loggerInstance: log.child({}, { level: 'warn' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: REQUEST_WITHIN_MS,
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: true,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  }
  // An https.Server is all that an http.Server is.
  const secure = { ...options, https: { ...tls, minVersion: 'TLSv1.2' } } as FastifyServerOptions
  const server = fastify(tls === null ? options : secure).withTypeProvider<TypeBoxTypeProvider>()
  server.server.maxConnections = CONNECTIONS_MAX
  return server
}

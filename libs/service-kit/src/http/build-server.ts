import type { ApiToken, HttpSettings } from '@drawbridge/settings'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, type FastifyServerOptions, fastify, LogController } from 'fastify'
import type { Logger } from '../log.ts'
import { guardAccess } from './access.ts'
import { acceptBodies } from './bodies.ts'
import { limitConnections } from './connections.ts'
import { addDocs } from './docs.ts'
import { answerClientError, answerError, answerFrameworkError, answerNotFound } from './errors.ts'
import type { HttpFiles } from './files.ts'
import { refuseForeignPages } from './foreign-pages.ts'
import { addHealthRoutes } from './health.ts'
import type { HttpServer, HttpServerOptions } from './http-server.ts'
import { addLimits } from './limits.ts'
import { TokenFile } from './token-file.ts'
import { fixedTokens, type TokenList } from './token-list.ts'

/** Interval of the check for requests that did not arrive in time. */
const LOOK_EVERY_MS = 1_000

/** Registers the checks in the order in which a request passes them. */
export async function buildServer(options: HttpServerOptions, { tokens, tls }: HttpFiles): Promise<HttpServer> {
  const { service, settings, log, readiness, metrics } = options
  const server = bareServer(settings, log, tls)
  const countUnknown = await addLimits(server, settings)
  refuseForeignPages(server, settings.allowedHosts, tokens.length > 0)
  const currentTokens = tokensOf(settings, tokens, log)
  guardAccess(server, { currentTokens, countUnknown })
  if (settings.tokensFile !== null) readiness.add('API tokens', () => faultOf(currentTokens()))
  acceptBodies(server)
  server.setNotFoundHandler(answerNotFound)
  server.setErrorHandler(answerError)
  addDocs(server, service)
  addHealthRoutes(server, readiness, metrics, settings.metricsOpen ? 'open' : 'read')
  return server
}

function tokensOf({ tokensFile }: HttpSettings, tokens: readonly ApiToken[], log: Logger): () => TokenList {
  if (tokensFile === null) return fixedTokens(tokens)
  const file = new TokenFile(tokensFile, tokens, log)
  return () => file.current()
}

function faultOf(list: TokenList): string | null {
  return list.kind === 'unreadable' ? list.reason : null
}

function bareServer(settings: HttpSettings, log: Logger, tls: HttpFiles['tls']): HttpServer {
  const options: FastifyServerOptions = {
    // The service logs where it listens; Fastify's own line would repeat it.
    loggerInstance: log.child({}, { level: 'warn' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // Whatever a plugin waits for has its own timeout, and a machine may be slow.
    pluginTimeout: 0,
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestWithinMs,
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: true,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  }
  const { headersWithinMs, connectionsMax, connectionsPerAddressMax } = settings
  const headersTimeout = Math.min(headersWithinMs, settings.requestWithinMs)
  const waits = { headersTimeout, connectionsCheckingInterval: LOOK_EVERY_MS }
  const plain = { ...options, http: waits } as FastifyServerOptions
  const secure = {
    ...options,
    https: { ...tls, ...waits, minVersion: 'TLSv1.2', handshakeTimeout: headersTimeout },
  } as FastifyServerOptions
  // An https.Server has everything that an http.Server has.
  const server = fastify(tls === null ? plain : secure).withTypeProvider<TypeBoxTypeProvider>()
  limitConnections(server.server, { max: connectionsMax, perAddressMax: connectionsPerAddressMax })
  return server
}

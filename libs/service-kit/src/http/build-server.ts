import type { ApiToken, HttpAddress, HttpSettings } from '@drawbridge/settings'
import type {} from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, type FastifyServerOptions, fastify, LogController } from 'fastify'
import type { Registry } from 'prom-client'
import type { Logger } from '../log.ts'
import type { Readiness } from '../readiness.ts'
import { type Access, guardAccess } from './access.ts'
import { acceptBodies } from './bodies.ts'
import { limitConnections } from './connections.ts'
import { addDocs } from './docs.ts'
import { answerClientError, answerError, answerFrameworkError, type Elsewhere, notFoundWith } from './errors.ts'
import { refuseForeignPages } from './foreign-pages.ts'
import { addLimits } from './limits.ts'
import { addSessionRoutes } from './session-routes.ts'
import type { SessionSettings } from './sessions.ts'
import { refuseOtherTargets } from './targets.ts'
import { fixedTokens, TokenFile, type TokenList } from './tokens.ts'
import type { HttpServer } from './typed-server.ts'

export interface HttpServerOptions {
  /** Its name in the documents. */
  readonly service: string
  /** Where it will listen. */
  readonly address: HttpAddress
  readonly settings: HttpSettings
  readonly log: Logger
  readonly readiness: Readiness
  readonly metrics: Registry
  /** Null or absent: nobody logs in with a browser. */
  readonly sessions?: SessionSettings | null
  readonly elsewhere?: Elsewhere
}

export interface HttpFiles {
  readonly tokens: readonly ApiToken[]
  /** Null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null
}

/** Interval of the check for requests that did not arrive in time. */
const LOOK_EVERY_MS = 1_000

/** Registers the checks in the order in which a request passes them. */
export async function buildServer(options: HttpServerOptions, { tokens, tls }: HttpFiles): Promise<HttpServer> {
  const { service, settings, log, readiness, metrics } = options
  const server = bareServer(settings, log, tls)
  const countUnknown = await addLimits(server, settings)
  refuseOtherTargets(server)
  refuseForeignPages(server, settings.allowedHosts, tokens.length > 0)
  const currentTokens = tokensOf(settings, tokens, log)
  const sessions = await addSessions(server, options.sessions ?? null, tls !== null)
  guardAccess(server, currentTokens, sessions, countUnknown)
  if (settings.tokensFile !== null) {
    readiness.add('API tokens', () => {
      const list = currentTokens()
      return list.kind === 'unreadable' ? list.reason : null
    })
  }
  acceptBodies(server)
  server.setNotFoundHandler(notFoundWith(options.elsewhere ?? (() => null)))
  server.setErrorHandler(answerError)
  addDocs(server, service)
  addHealthRoutes(server, readiness, metrics, settings.metricsOpen ? 'open' : 'read')
  if (sessions !== null) addSessionRoutes(server, sessions, currentTokens)
  return server
}

/** Loaded only where people log in. */
async function addSessions(server: HttpServer, settings: SessionSettings | null, isSecure: boolean) {
  if (settings === null) return null
  const { Sessions } = await import('./sessions.ts')
  return Sessions.add(server, settings, isSecure)
}

function tokensOf({ tokensFile }: HttpSettings, tokens: readonly ApiToken[], log: Logger): () => TokenList {
  if (tokensFile === null) return fixedTokens(tokens)
  const file = new TokenFile(tokensFile, tokens, log)
  return () => file.current()
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
  limitConnections(server.server, connectionsMax, connectionsPerAddressMax)
  return server
}

/** `/livez`, `/readyz` and `/metrics`. Probes carry no token and learn only that the service runs. */
export function addHealthRoutes(
  server: HttpServer,
  readiness: Readiness,
  metrics: Registry,
  metricsAccess: Access,
): void {
  const open = { access: 'open', evenWhenBusy: true } as const
  server.get('/livez', { config: open, schema: { summary: 'Whether the process runs', tags: ['health'] } }, () => ({
    status: 'ok',
  }))
  server.get(
    '/readyz',
    { config: open, schema: { summary: 'Whether it can work now, and if not, why', tags: ['health'] } },
    (_request, reply) => {
      const report = readiness.report()
      return reply.code(report.ready ? 200 : 503).send(report)
    },
  )
  server.get(
    '/metrics',
    {
      config: { access: metricsAccess },
      schema: { summary: 'Metrics, as Prometheus reads them', tags: ['health'] },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  )
}

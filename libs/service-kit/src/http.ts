import { STATUS_CODES } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify'
import type { Registry } from 'prom-client'
import type { Logger } from './log.ts'
import type { Readiness } from './readiness.ts'

export type HttpServer = FastifyInstance

/** A body larger than this many bytes is refused with 413. */
export const BODY_LIMIT_BYTES = 64 * 1024

/**
 * A server with `/livez`, `/readyz` and `/metrics`. Bodies reach handlers as bytes, to be read by the decoders of
 * contracts. Errors are `{"error": {"code", "message"}}`, the message saying what was wrong and where.
 */
export async function createHttpServer(log: Logger, readiness: Readiness, metrics: Registry): Promise<HttpServer> {
  // Loaded only now: a guardian reads its log meanwhile.
  const { fastify, LogController } = await import('fastify')
  const server = fastify({
    // Its own line of where it listens would say twice what the service says.
    loggerInstance: log.child({}, { level: 'warn' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: true,
    // What is refused before a handler is found has the same shape.
    frameworkErrors: (error, _request, reply) => {
      const body = errorBody(error.code.toLowerCase(), error.message.slice(0, 200))
      ;(reply as FastifyReply).code(error.statusCode ?? 400).send(body)
    },
    clientErrorHandler: (error, socket) => {
      if (!socket.writable) return
      const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
      const body = JSON.stringify(errorBody(error.code.toLowerCase(), `not HTTP as it must be: ${error.message}`))
      const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n`
      socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
    },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.get('/livez', () => ({ status: 'ok' }))
  server.get('/readyz', (_request, reply) => {
    const report = readiness.report()
    return reply.code(report.ready ? 200 : 503).send(report)
  })
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBody('not-found', `there is no ${request.method} ${request.url.slice(0, 200)}`)),
  )
  server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    const message = status >= 500 ? 'internal error; see the log of the service' : error.message
    return reply.code(status).send(errorBody(error.code?.toLowerCase() ?? 'error', message))
  })
  return server
}

export function errorBody(code: string, message: string) {
  return { error: { code, message } }
}

/** Listens, with an error that says what to do where the port is taken. */
export async function listen(server: HttpServer, host: string, port: number, setting: string): Promise<number> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Error(
        `port ${port} on ${host} is taken by another program; stop it, or choose another with ${setting}`,
        {
          cause: error,
        },
      )
    }
    throw error
  }
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

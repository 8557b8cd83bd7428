import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** A refusal for the caller: its message says what was wrong, where, and what to do. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault'
  readonly statusCode: number
  readonly code: string
  /** When to retry, seconds; null: unknown. */
  readonly retryAfterS: number | null

  constructor(statusCode: number, code: string, message: string, retryAfterS: number | null = null) {
    super(message)
    this.retryAfterS = retryAfterS
    this.statusCode = statusCode
    this.code = code
  }
}

export function errorBody(code: string, message: string) {
  return { error: { code, message } }
}

/** The path of a URL without its query, unescaped: a token that somebody put into a URL is not repeated. */
export function pathOf(url: string): string {
  return url
    .slice(0, 200)
    .replace(/[?#].*$/s, '')
    .replace(/[^\w/.~-].*$/s, '...')
}

export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const status = error.statusCode ?? 500
  // Our own 503 errors are shown to the caller; details of any other error go to the log only.
  const isMeant = status < 500 || error instanceof HttpFault
  if (!isMeant) request.log.error({ err: error }, 'request failed')
  const message = isMeant ? error.message : 'internal error; see the log of the service'
  if (error instanceof HttpFault && error.retryAfterS !== null) reply.header('retry-after', error.retryAfterS)
  return reply.code(status).send(errorBody(error.code?.toLowerCase() ?? 'error', message))
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply) {
  return reply.code(404).send(errorBody('not-found', `not found: ${request.method} ${pathOf(request.url)}`))
}

/** A refusal before routing has the same shape. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const isBadUrl = error.code === 'FST_ERR_BAD_URL'
  const message = isBadUrl ? `the path ${pathOf(request.raw.url ?? '')} is not valid` : error.message.slice(0, 200)
  void reply.code(error.statusCode ?? 400).send(errorBody(error.code.toLowerCase(), message))
}

const CLIENT_ERRORS: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

/** A refusal of data that is not HTTP has the same shape, too. */
export function answerClientError(error: Error & { code: string }, socket: Socket): void {
  if (!socket.writable) return
  const status = CLIENT_ERRORS[error.code] ?? 400
  const body = JSON.stringify(errorBody(error.code.toLowerCase(), `not valid HTTP: ${error.message}`))
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n`
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
}

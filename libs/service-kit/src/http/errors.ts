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
    .replace(/[^\w/.~:-].*$/s, '...')
}

/** Refusals of the HTTP library, by its codes: ours do not change with it. */
const LIBRARY_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-content-length',
  FST_ERR_BAD_URL: 'invalid-path',
  FST_ERR_MAX_PARAM_LENGTH: 'path-too-long',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  404: 'not-found',
  408: 'request-timeout',
  413: 'body-too-large',
  414: 'path-too-long',
  415: 'invalid-content-type',
  431: 'headers-too-large',
  503: 'busy',
}

/** The code of an error that is not ours. */
function ownCode(code: string | undefined, status: number): string {
  const known = code === undefined ? undefined : LIBRARY_CODES[code]
  return known ?? STATUS_WORDS[status] ?? (status < 500 ? 'invalid-request' : 'internal-error')
}

export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const status = error.statusCode ?? 500
  // Our own 503 errors are shown to the caller; details of any other error go to the log only.
  const isMeant = status < 500 || error instanceof HttpFault
  if (!isMeant) request.log.error({ err: error }, 'request failed')
  const code = error instanceof HttpFault ? error.code : ownCode(error.code, status)
  const message = isMeant ? wordsOf(error, code, request) : 'internal error; see the log of the service'
  if (error instanceof HttpFault && error.retryAfterS !== null) reply.header('retry-after', error.retryAfterS)
  return reply.code(status).send(errorBody(code, message))
}

/** The library does not say how large a body may be. */
function wordsOf(error: FastifyError, code: string, { server }: FastifyRequest): string {
  const most = server.initialConfig.bodyLimit
  const isTooLarge = code === 'body-too-large' && !(error instanceof HttpFault)
  return isTooLarge ? `the body is larger than ${most} bytes; send less, or raise HTTP_BODY_LIMIT_BYTES` : error.message
}

/** Which service answers a path that is not here, in words with the setting of its port; null: none. */
export type Elsewhere = (path: string) => string | null

export function answerNotFound(request: FastifyRequest, reply: FastifyReply) {
  return notFoundWith(() => null)(request, reply)
}

export function notFoundWith(elsewhere: Elsewhere) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request.url)
    const where = elsewhere(path)
    const message = `not found: ${request.method} ${path}${where === null ? '' : `; ${where}`}`
    return reply.code(404).send(errorBody('not-found', message))
  }
}

/** A refusal before routing has the same shape. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400
  void reply.code(status).send(errorBody(ownCode(error.code, status), wordsBeforeRouting(error, request)))
}

function wordsBeforeRouting(error: FastifyError, request: FastifyRequest): string {
  const path = pathOf(request.raw.url ?? '')
  if (error.code === 'FST_ERR_BAD_URL') return `the path ${path} is not valid`
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return `a part of the path ${path.slice(0, 40)}... is too long`
  return error.message.slice(0, 200)
}

const CLIENT_ERRORS: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

/** A refusal of data that is not HTTP has the same shape, too. */
export function answerClientError(error: Error & { code: string }, socket: Socket): void {
  if (!socket.writable) return
  const status = CLIENT_ERRORS[error.code] ?? 400
  const known = LIBRARY_CODES[error.code]
  const body = JSON.stringify(errorBody(known ?? 'invalid-http', `not valid HTTP: ${error.message}`))
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n`
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
}

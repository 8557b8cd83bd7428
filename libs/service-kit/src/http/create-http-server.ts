import type { ApiToken, HttpAddress, HttpSettings } from '@drawbridge/settings'
import { type HttpFiles, readHttpFiles } from './files.ts'
import type { HttpServer, HttpServerOptions } from './http-server.ts'
import { isLoopback } from './loopback.ts'

/**
 * A server with `/livez`, `/readyz`, `/metrics` and `/docs`, and with the doors of every service: access by token,
 * limits, bodies and errors. Routes are to be added before it listens. Errors are `{"error": {"code", "message"}}`, the
 * message saying what was wrong and where.
 * @throws where files of the settings are at fault, or where it would let in other machines without a token
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { address, settings, log } = options
  const files = readFiles(settings)
  if (!isLoopback(address.host)) {
    requireTokens(address, files.tokens)
    if (files.tls === null) {
      log.warn('API tokens arrive unencrypted from other machines; set HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE')
    }
  }
  // Loaded only now: a guardian reads its log meanwhile.
  const { buildServer } = await import('./build-server.ts')
  return buildServer(options, files)
}

function readFiles(settings: HttpSettings): HttpFiles {
  const files = readHttpFiles(settings)
  if (files.ok) return files.value
  throw new Error(`the settings of HTTP are not valid:\n  ${files.reason.replaceAll('\n', '\n  ')}`)
}

function requireTokens({ host }: HttpAddress, tokens: readonly ApiToken[]): void {
  if (tokens.length > 0) return
  throw new Error(
    `${host} is reached from other machines, and no token is configured: make one with ` +
      '"npm run drawbridge -- make-token --name me --role admin" and set API_TOKENS_FILE, or listen on 127.0.0.1',
  )
}

import type { ApiToken, HttpAddress, HttpSettings } from '@drawbridge/settings'
import { type HttpFiles, readHttpFiles } from './files.ts'
import type { HttpServer, HttpServerOptions } from './http-server.ts'
import { isLoopback } from './loopback.ts'

/**
 * A server with `/livez`, `/readyz`, `/metrics` and `/docs`, and with the checks of every service: access by token,
 * limits, bodies and errors. Add routes before it listens. Errors are `{"error": {"code", "message"}}`; the message says
 * what was wrong and where.
 * @throws if files that the settings name are invalid, or if other machines could connect without a token
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
  // Loaded late, so that a guardian reads its log meanwhile.
  const { buildServer } = await import('./build-server.ts')
  return buildServer(options, files)
}

function readFiles(settings: HttpSettings): HttpFiles {
  const files = readHttpFiles(settings)
  if (files.ok) return files.value
  throw new Error(`the HTTP settings are not valid:\n  ${files.reason.replaceAll('\n', '\n  ')}`)
}

function requireTokens({ host }: HttpAddress, tokens: readonly ApiToken[]): void {
  if (tokens.length > 0) return
  throw new Error(
    `other machines can reach ${host}, and no token is configured: make one with ` +
      '"npm run drawbridge -- make-token --name me --role admin" and set API_TOKENS_FILE, or listen on 127.0.0.1',
  )
}

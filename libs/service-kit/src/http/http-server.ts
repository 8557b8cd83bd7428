import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { type ApiToken, type HttpAddress, type HttpSettings, parseTokens } from '@drawbridge/settings'
import type { Lifecycle } from '../lifecycle.ts'
import type { HttpFiles, HttpServerOptions } from './build-server.ts'
import type { HttpServer } from './typed-server.ts'

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

/**
 * Opens the HTTP server of a service, which closes with `lifecycle`.
 * @param portSetting the name of the setting that chooses the port
 * @param addRoutes called before it listens
 * @returns the TCP port
 */
export async function serveHttp(
  options: HttpServerOptions,
  portSetting: string,
  lifecycle: Lifecycle,
  addRoutes: (server: HttpServer) => unknown = () => undefined,
): Promise<number> {
  const server = await createHttpServer(options)
  lifecycle.onStop('HTTP server', () => server.close())
  await addRoutes(server)
  return listen(server, options.address.host, options.address.port, portSetting)
}

/** Listens, with an error that says what to do where the port is taken. */
export async function listen(server: HttpServer, host: string, port: number, setting: string): Promise<number> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      const fault = `port ${port} on ${host} is taken by another program; stop it, or choose another with ${setting}`
      throw new Error(fault, { cause: error })
    }
    throw error
  }
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether only this machine can connect to the address. */
function isLoopback(host: string): boolean {
  const family = isIP(host)
  if (family === 0) return host.toLowerCase() === 'localhost'
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

/** Reads the files that the settings name. A refusal lists every fault, one a line. */
export function readHttpFiles(settings: HttpSettings): Parsed<HttpFiles> {
  const faults: string[] = []
  const read = (setting: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      faults.push(`${setting}: cannot read ${path}: ${(error as Error).message}`)
      return ''
    }
  }
  const tokens =
    settings.tokensFile === null ? settings.tokens : readTokens(settings, settings.tokensFile, read, faults)
  const { tlsCertFile, tlsKeyFile } = settings
  if (tlsCertFile === null && tlsKeyFile === null) return answer(faults, { tokens, tls: null })
  if (tlsCertFile === null || tlsKeyFile === null) {
    faults.push('HTTP_TLS_CERT_FILE, HTTP_TLS_KEY_FILE: only one of them is set; TLS needs both')
    return answer(faults, { tokens, tls: null })
  }
  const tls = { cert: read('HTTP_TLS_CERT_FILE', tlsCertFile), key: read('HTTP_TLS_KEY_FILE', tlsKeyFile) }
  if (tls.cert !== '' && tls.key !== '') faults.push(...faultsOf(tls))
  return answer(faults, { tokens, tls })
}

function readTokens(
  settings: HttpSettings,
  path: string,
  read: (setting: string, path: string) => string,
  faults: string[],
): readonly ApiToken[] {
  if (settings.tokens.length > 0) faults.push('API_TOKENS_FILE: API_TOKENS is set too; set one of them')
  const before = faults.length
  const text = read('API_TOKENS_FILE', path)
  if (faults.length > before) return []
  const tokens = parseTokens(text)
  if (tokens.ok) return tokens.value
  faults.push(...tokens.reason.split('; ').map((fault) => `API_TOKENS_FILE: ${fault}`))
  return []
}

function faultsOf(tls: { readonly cert: string; readonly key: string }): readonly string[] {
  try {
    createSecureContext(tls)
    return []
  } catch (error) {
    const { message } = error as Error
    return [`HTTP_TLS_CERT_FILE, HTTP_TLS_KEY_FILE: not a PEM certificate and its key: ${message}`]
  }
}

function answer(faults: readonly string[], files: HttpFiles): Parsed<HttpFiles> {
  return faults.length === 0 ? parsed(files) : refused(faults.join('\n'))
}

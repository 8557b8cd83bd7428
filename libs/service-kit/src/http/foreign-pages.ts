import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { HttpFault } from './errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The address of each request is signed, and nothing else opens the route: whoever has it may send it, from any page. */
    isSigned?: boolean
  }
}

const READING: readonly string[] = ['GET', 'HEAD']

/**
 * Keeps out foreign web pages that run in a browser on this machine. A page may send requests whose answers it cannot
 * read, so requests that change something are refused to a foreign origin. And a page may point its own name to this
 * machine, to be of the same origin: where no tokens are required, only our own names are answered.
 */
export function refuseForeignPages(
  server: FastifyInstance,
  allowedHosts: readonly string[],
  asksForTokens: boolean,
): void {
  const allowed = allowedHosts.map((name) => name.toLowerCase())
  server.addHook('onRequest', async ({ headers, method, routeOptions }) => {
    if (routeOptions.config.isSigned === true) return
    const host = headers.host?.toLowerCase()
    if (!asksForTokens && host !== undefined && !isOwnName(host) && !allowed.includes(host)) {
      const message =
        'the Host header is not a known name of this service; use 127.0.0.1, or add it to HTTP_ALLOWED_HOSTS'
      throw new HttpFault(403, 'foreign-host', message)
    }
    if (headers.origin === undefined || READING.includes(method)) return
    const origin = hostOf(headers.origin)
    if (origin !== null && (origin === host || allowed.includes(origin))) return
    throw new HttpFault(403, 'foreign-origin', 'web pages of other origins may not send requests that change something')
  })
}

/** An address, or a name that every resolver resolves to this machine. */
function isOwnName(host: string): boolean {
  const name = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')
}

/** Null: none, as for a sandboxed page or a file. */
function hostOf(origin: string): string | null {
  if (!URL.canParse(origin)) return null
  const url = new URL(origin)
  return url.origin === origin ? url.host : null
}

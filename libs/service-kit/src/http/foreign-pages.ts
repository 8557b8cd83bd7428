import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { HttpFault } from './errors.ts'

const READING: readonly string[] = ['GET', 'HEAD']

/**
 * Keeps out the web pages of others, which a browser on this machine lets speak to us. A page may send what it cannot
 * read the answer of, so whatever changes something is refused to a foreign origin. And a page may have its own name
 * point to this machine, to be of the same origin: where no tokens are asked for, only names of our own are answered.
 */
export function refuseForeignPages(
  server: FastifyInstance,
  allowedHosts: readonly string[],
  asksForTokens: boolean,
): void {
  const allowed = allowedHosts.map((name) => name.toLowerCase())
  server.addHook('onRequest', async ({ headers, method }) => {
    const host = headers.host?.toLowerCase()
    if (!asksForTokens && host !== undefined && !isOwnName(host) && !allowed.includes(host)) {
      const message = 'the Host is a name that is not known here; use 127.0.0.1, or add it to HTTP_ALLOWED_HOSTS'
      throw new HttpFault(403, 'foreign-host', message)
    }
    if (headers.origin === undefined || READING.includes(method)) return
    const origin = hostOf(headers.origin)
    if (origin !== null && (origin === host || allowed.includes(origin))) return
    throw new HttpFault(403, 'foreign-origin', 'web pages of other origins may not change anything here')
  })
}

/** An address, or a name that every resolver knows to be this machine. */
function isOwnName(host: string): boolean {
  const name = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')
}

/** Null: none, as of a sandboxed page or a file. */
function hostOf(origin: string): string | null {
  if (!URL.canParse(origin)) return null
  const url = new URL(origin)
  return url.origin === origin ? url.host : null
}

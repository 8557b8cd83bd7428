import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorBody } from './errors.ts'
import { type ApiToken, findToken, mayActAs, type Principal, ROLES, type Role } from './tokens.ts'

/** What a route asks of who calls it: nothing, or a token of that role or of one above. */
export type Access = 'open' | Role

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it, or the service does not start. */
    access?: Access
  }
  interface FastifyRequest {
    /** Who asks; null: an open route, or no tokens are configured. */
    principal: Principal | null
  }
}

const KNOWN: readonly unknown[] = ['open', ...ROLES]
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i

/** Lets a request through to its handler only with a token of the role that the route declares, once there are any. */
export function guardAccess(server: FastifyInstance, currentTokens: () => readonly ApiToken[]): void {
  server.decorateRequest('principal', null)
  server.addHook('onRoute', ({ method, url, config }) => {
    if (!KNOWN.includes(config?.access)) throw new Error(`the route ${method} ${url} does not say who may call it`)
  })
  server.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config
    // What is no route has nothing to guard.
    if (request.is404 || access === 'open') return
    const tokens = currentTokens()
    if (tokens.length === 0) return
    // A route that says nothing cannot be; if it were, it would be for nobody below admin.
    const answer = admit(request, reply, access ?? 'admin', tokens)
    if (answer !== null) return answer
  })
}

function admit(request: FastifyRequest, reply: FastifyReply, needed: Role, tokens: readonly ApiToken[]) {
  const { authorization } = request.headers
  const hint = `this needs a token of the role "${needed}"; send it as "Authorization: Bearer <token>"`
  if (authorization === undefined) return challenge(reply, 'no-token', hint)
  const token = BEARER.exec(authorization)?.[1]
  if (token === undefined) return challenge(reply, 'malformed-token', hint, 'error="invalid_request"')
  const found = findToken(tokens, token)
  if (found === null) return challenge(reply, 'unknown-token', 'this token is not known', 'error="invalid_token"')
  if (found.expires !== null && found.expires <= Date.now()) {
    const message = `this token expired at ${new Date(found.expires).toISOString()}`
    return challenge(reply, 'expired-token', message, 'error="invalid_token"')
  }
  if (!mayActAs(found.role, needed)) {
    const message = `this needs the role "${needed}"; the token of "${found.name}" has the role "${found.role}"`
    return reply.code(403).send(errorBody('forbidden', message))
  }
  request.principal = { name: found.name, role: found.role }
  return null
}

function challenge(reply: FastifyReply, code: string, message: string, error?: string) {
  const scheme = 'Bearer realm="drawbridge"'
  const header = error === undefined ? scheme : `${scheme}, ${error}`
  return reply.code(401).header('www-authenticate', header).send(errorBody(code, message))
}

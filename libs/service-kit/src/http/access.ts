import type { ServerResponse } from 'node:http'
import { type ApiToken, findToken, mayActAs, type Principal, ROLES, type Role } from '@drawbridge/settings'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refusalOfBot } from './bot-access.ts'
import { errorBody, HttpFault } from './errors.ts'
import type { TokenList } from './tokens.ts'

/** What a route requires of the caller: nothing, or a token of that role or a higher one. */
export type Access = 'open' | Role

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required: without it the service does not start. */
    access?: Access
    /** Whether the request asks for an exit, which is answered even while tokens cannot be read. */
    isExit?: (request: FastifyRequest) => boolean
  }
  interface FastifyRequest {
    /** The caller; null: an open route, or no tokens are configured. */
    principal: Principal | null
  }
}

const KNOWN: readonly unknown[] = ['open', ...ROLES]
/** Interval of the check of running answers. */
const LOOK_EVERY_MS = 1_000
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i

/**
 * Once tokens are configured, lets a request through only with a token of the role that the route declares. A
 * long-running answer, such as a stream of events, ends within a second when its token is no longer valid.
 * @param countUnknown called for each request without a valid token; throws if its address sends too many
 */
export function guardAccess(
  server: FastifyInstance,
  currentTokens: () => TokenList,
  countUnknown: (request: FastifyRequest) => Promise<void>,
): void {
  server.decorateRequest('principal', null)
  server.addHook('onRoute', ({ method, url, config }) => {
    if (!KNOWN.includes(config?.access)) throw new Error(`the route ${method} ${url} declares no access`)
  })
  const admitted = new Map<ServerResponse, Admitted>()
  const endOthers = () => {
    for (const [response, caller] of admitted) {
      if (!isStillAdmitted(currentTokens(), caller)) response.destroy()
    }
  }
  let look: NodeJS.Timeout | undefined
  server.addHook('onReady', async () => {
    look = setInterval(endOthers, LOOK_EVERY_MS).unref()
  })
  server.addHook('onClose', async () => clearInterval(look))
  server.addHook('onRequest', async (request, reply) => {
    const list = currentTokens()
    if (list.kind === 'open') return
    const { access, isExit } = request.routeOptions.config
    if (list.kind === 'unreadable' && isExit?.(request) === true) return
    const caller = callerOf(request, list)
    if (caller.kind !== 'known') await countUnknown(request)
    // An unknown route has nothing to guard.
    if (request.is404 || access === 'open') return
    if (list.kind === 'unreadable') throw new HttpFault(503, 'tokens-unreadable', 'tokens cannot be read; see /readyz')
    // A route without a declared access cannot exist; if it did, it would be for admins only.
    const needed = access ?? 'admin'
    if (caller.kind !== 'known') return challenge(reply, caller, whoMay(needed, request))
    const { principal, sha256 } = caller.token
    const refusalOf = (principal: Principal) => refusalOfCaller(principal, needed, request)
    const refusal = refusalOf(principal)
    if (refusal !== null) return reply.code(403).send(errorBody('forbidden', refusal))
    request.principal = principal
    admitted.set(reply.raw, { sha256, refusalOf })
    reply.raw.once('close', () => admitted.delete(reply.raw))
  })
}

type Caller =
  | { readonly kind: 'known'; readonly token: ApiToken }
  | { readonly kind: 'no-token' | 'malformed-token' | 'unknown-token' }
  | { readonly kind: 'expired-token'; readonly at: number }

function callerOf({ headers }: FastifyRequest, list: TokenList): Caller {
  const { authorization } = headers
  if (authorization === undefined) return { kind: 'no-token' }
  const text = BEARER.exec(authorization)?.[1]
  if (text === undefined) return { kind: 'malformed-token' }
  const token = list.kind === 'known' ? findToken(list.tokens, text) : null
  if (token === null) return { kind: 'unknown-token' }
  if (token.expires !== null && token.expires <= Date.now()) return { kind: 'expired-token', at: token.expires }
  return { kind: 'known', token }
}

/** A caller whose request is being answered. */
interface Admitted {
  readonly sha256: Buffer
  readonly refusalOf: (principal: Principal) => string | null
}

/** The entry of the token may have changed since: it may have another role, or other traders. */
function isStillAdmitted(list: TokenList, { sha256, refusalOf }: Admitted): boolean {
  if (list.kind !== 'known') return list.kind === 'open'
  const token = list.tokens.find((one) => one.sha256.equals(sha256))
  if (token === undefined || refusalOf(token.principal) !== null) return false
  return token.expires === null || token.expires > Date.now()
}

/** Why the caller may not make this request; null: it may. */
function refusalOfCaller(principal: Principal, needed: Role, request: FastifyRequest): string | null {
  if (principal.role === 'bot') return refusalOfBot(principal, request)
  const { name, role } = principal
  return mayActAs(role, needed)
    ? null
    : `this needs the role "${needed}"; the token of "${name}" has the role "${role}"`
}

function whoMay(needed: Role, { routeOptions }: FastifyRequest): string {
  const bots = routeOptions.config.aboutTraders === undefined ? '' : ', or of a bot of the trader'
  return `the role "${needed}"${bots}`
}

function challenge(reply: FastifyReply, caller: Exclude<Caller, { kind: 'known' }>, who: string) {
  const hint = `this needs a token of ${who}; send it as "Authorization: Bearer <token>"`
  switch (caller.kind) {
    case 'no-token':
      return unauthorized(reply, caller.kind, hint)
    case 'malformed-token':
      return unauthorized(reply, caller.kind, hint, 'error="invalid_request"')
    case 'unknown-token':
      return unauthorized(reply, caller.kind, 'this token is not known', 'error="invalid_token"')
    case 'expired-token': {
      const message = `this token expired at ${new Date(caller.at).toISOString()}`
      return unauthorized(reply, caller.kind, message, 'error="invalid_token"')
    }
    default:
      return caller satisfies never
  }
}

function unauthorized(reply: FastifyReply, code: string, message: string, error?: string) {
  const scheme = 'Bearer realm="drawbridge"'
  const header = error === undefined ? scheme : `${scheme}, ${error}`
  return reply.code(401).header('www-authenticate', header).send(errorBody(code, message))
}

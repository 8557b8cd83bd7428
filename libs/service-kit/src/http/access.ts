import type { ServerResponse } from 'node:http'
import { mayActAs, type Principal, ROLES, type Role } from '@drawbridge/settings'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refusalOfBot } from './bot-access.ts'
import { callerOf, challenge } from './caller.ts'
import { CSRF_HEADER, isOfOwnPage, type LoginSession } from './csrf.ts'
import { errorBody, HttpFault } from './errors.ts'
import type { Sessions } from './sessions.ts'
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

/**
 * Once tokens are configured, lets a request through only with a token of the role that the route declares. A
 * long-running answer, such as a stream of events, ends within a second when its token is no longer valid.
 * @param sessions of people with a browser; null: there are none
 * @param countUnknown called for each request without a valid token; throws if its address sends too many
 */
export function guardAccess(
  server: FastifyInstance,
  currentTokens: () => TokenList,
  sessions: Sessions | null,
  countUnknown: (request: FastifyRequest) => Promise<void>,
): void {
  server.decorateRequest('principal', null)
  server.addHook('onRoute', ({ method, url, config }) => {
    if (!KNOWN.includes(config?.access)) throw new Error(`the route ${method} ${url} declares no access`)
  })
  const admitted = new Map<ServerResponse, Admitted>()
  const endOthers = () => {
    for (const [response, caller] of admitted) {
      if (!isStillAdmitted(currentTokens(), sessions, caller)) response.destroy()
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
    const caller = callerOf(request, list, sessions)
    if (caller.kind !== 'known') await countUnknown(request)
    // An unknown route has nothing to guard.
    if (request.is404 || access === 'open') return
    if (list.kind === 'unreadable') throw new HttpFault(503, 'tokens-unreadable', 'tokens cannot be read; see /readyz')
    // A route without a declared access cannot exist; if it did, it would be for admins only.
    const needed = access ?? 'admin'
    if (caller.kind !== 'known') return challenge(reply, caller, whoMay(needed, request))
    const { session } = caller
    if (session !== null && !isOfOwnPage(request, session)) {
      const words = `a request by cookie that changes something needs the header ${CSRF_HEADER}; GET /api/session tells its value`
      return reply.code(403).send(errorBody('no-csrf-token', words))
    }
    const { principal, sha256 } = caller.token
    const refusalOf = (principal: Principal) => refusalOfCaller(principal, needed, request)
    const refusal = refusalOf(principal)
    if (refusal !== null) return reply.code(403).send(errorBody('forbidden', refusal))
    request.principal = principal
    admitted.set(reply.raw, { sha256, session, refusalOf })
    reply.raw.once('close', () => admitted.delete(reply.raw))
  })
}

/** A caller whose request is being answered. */
interface Admitted {
  readonly sha256: Buffer
  readonly session: LoginSession | null
  readonly refusalOf: (principal: Principal) => string | null
}

/** The entry of the token may have changed since: it may have another role, or other traders. A session may have ended. */
function isStillAdmitted(list: TokenList, sessions: Sessions | null, caller: Admitted): boolean {
  const { sha256, session, refusalOf } = caller
  if (list.kind !== 'known') return list.kind === 'open'
  if (session !== null && sessions?.isInForce(session) !== true) return false
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

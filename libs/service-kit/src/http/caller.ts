import { type ApiToken, findToken } from '@drawbridge/settings'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoginSession } from './csrf.ts'
import { errorBody } from './errors.ts'
import type { Sessions } from './sessions.ts'
import type { TokenList } from './tokens.ts'

const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i

/** Who sends a request. */
export type Caller =
  /** By a token in the request, or by one that a session began with. */
  | { readonly kind: 'known'; readonly token: ApiToken; readonly session: LoginSession | null }
  | { readonly kind: 'no-token' | 'malformed-token' | 'unknown-token' }
  | { readonly kind: 'expired-token'; readonly at: number }

export function callerOf(request: FastifyRequest, list: TokenList, sessions: Sessions | null): Caller {
  const { authorization } = request.headers
  if (authorization === undefined) return callerBySession(sessions?.of(request) ?? null, list)
  const text = BEARER.exec(authorization)?.[1]
  if (text === undefined) return { kind: 'malformed-token' }
  const token = list.kind === 'known' ? findToken(list.tokens, text) : null
  if (token === null) return { kind: 'unknown-token' }
  if (token.expires !== null && token.expires <= Date.now()) return { kind: 'expired-token', at: token.expires }
  return { kind: 'known', token, session: null }
}

function callerBySession(session: LoginSession | null, list: TokenList): Caller {
  if (session === null || list.kind !== 'known') return { kind: 'no-token' }
  const token = list.tokens.find(({ sha256 }) => sha256.equals(session.sha256))
  if (token === undefined) return { kind: 'unknown-token' }
  if (token.expires !== null && token.expires <= Date.now()) return { kind: 'expired-token', at: token.expires }
  return { kind: 'known', token, session }
}

/** @param who who may, in words */
export function challenge(reply: FastifyReply, caller: Exclude<Caller, { kind: 'known' }>, who: string) {
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

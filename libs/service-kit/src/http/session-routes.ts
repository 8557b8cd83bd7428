import { findToken, type Principal } from '@drawbridge/settings'
import Type from 'typebox'
import type { LoginSession } from './csrf.ts'
import { HttpFault } from './errors.ts'
import type { Sessions } from './sessions.ts'
import type { TokenList } from './tokens.ts'
import type { HttpServer } from './typed-server.ts'

const PATH = '/api/session'
const tags = ['session']
const config = { access: 'open' } as const

const answer = (description: string) => ({
  200: Type.Unsafe<object>(
    Type.Object(
      {
        required: Type.Boolean({ description: 'whether a token is needed' }),
        name: Type.Union([Type.String(), Type.Null()], { description: 'of the token; null: nobody is logged in' }),
        role: Type.Union([Type.Enum(['read', 'operate', 'admin']), Type.Null()], { description: 'what it may do' }),
        expires: Type.Union([Type.String(), Type.Null()], { description: 'when the session ends' }),
        csrf: Type.Union([Type.String(), Type.Null()], {
          description: 'goes with each request that changes something, as x-csrf-token',
        }),
      },
      { description },
    ),
  ),
})

/** Login and logout for people with a browser. Programs send their token with each request. */
export function addSessionRoutes(server: HttpServer, sessions: Sessions, currentTokens: () => TokenList): void {
  const summary = 'Who is logged in'
  server.get(PATH, { config, schema: { summary, tags, response: answer('The session') } }, (request, reply) => {
    reply.header('cache-control', 'no-store')
    const list = currentTokens()
    if (list.kind === 'open') return told(null, null, false)
    const session = sessions.of(request)
    const token = session === null || list.kind !== 'known' ? null : tokenOf(list, session)
    return token === null ? told(null, null, true) : told(session, token.principal, true)
  })

  const login = {
    summary: 'Logs in with a token; the answer sets a cookie',
    tags,
    body: Type.Object({ token: Type.String({ maxLength: 1_024, description: 'a token of a person' }) }),
    response: answer('The session that begins'),
  }
  server.post(PATH, { config, schema: login }, (request, reply) => {
    reply.header('cache-control', 'no-store')
    const list = currentTokens()
    if (list.kind === 'open') return told(null, null, false)
    if (list.kind === 'unreadable') throw new HttpFault(503, 'tokens-unreadable', 'tokens cannot be read; see /readyz')
    const token = findToken(list.tokens, request.body.token.trim())
    if (token === null)
      throw new HttpFault(401, 'unknown-token', 'this token is not known; check that all of it was copied')
    if (token.expires !== null && token.expires <= Date.now()) {
      throw new HttpFault(401, 'expired-token', `this token expired at ${new Date(token.expires).toISOString()}`)
    }
    const { principal } = token
    if (principal.role === 'bot') {
      const words = `the token of "${principal.name}" has the role "bot": it is for a program. Log in with a token of the role "read", "operate" or "admin"`
      throw new HttpFault(403, 'bot-token', words)
    }
    return told(sessions.begin(request, token), principal, true)
  })

  const logout = { summary: 'Logs out', tags, response: answer('Nobody is logged in') }
  server.delete(PATH, { config, schema: logout }, (request) => {
    sessions.end(request)
    return told(null, null, currentTokens().kind !== 'open')
  })
}

function tokenOf({ tokens }: Extract<TokenList, { kind: 'known' }>, { sha256 }: LoginSession) {
  const token = tokens.find((one) => one.sha256.equals(sha256)) ?? null
  return token === null || (token.expires !== null && token.expires <= Date.now()) ? null : token
}

function told(session: LoginSession | null, principal: Principal | null, required: boolean) {
  return {
    required,
    name: principal?.name ?? null,
    // Where no token is needed, everybody may do everything.
    role: required ? (principal?.role ?? null) : 'admin',
    expires: session === null ? null : new Date(session.expires).toISOString(),
    csrf: session?.csrf ?? null,
  }
}

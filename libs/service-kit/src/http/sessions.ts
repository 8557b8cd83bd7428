import { createHash, randomBytes } from 'node:crypto'
import type { ApiToken } from '@drawbridge/settings'
import secureSession from '@fastify/secure-session'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LoginSession } from './csrf.ts'

/** How people stay logged in with a browser. */
export interface SessionSettings {
  /** Encrypts cookies; null: a random one, so that everybody logs in again after a restart. */
  readonly key: string | null
  readonly hours: number
}

declare module '@fastify/secure-session' {
  interface SessionData {
    id: string
    /** The hash of the given token, in hexadecimal digits. The token itself is not kept. */
    sha256: string
    csrf: string
    /** Milliseconds. */
    expires: number
  }
}

const COOKIE = 'drawbridge_session'
const ENDED_MAX = 10_000
const HOUR_MS = 3_600_000

/**
 * Logins by cookie. The cookie is encrypted and holds the hash of the token, so that a session ends when its token does, and
 * nothing is kept here but which sessions were ended early: a copy of their cookies is refused, too.
 *
 * A page elsewhere cannot use it: browsers send the cookie to no foreign site (SameSite=Strict), a request that changes
 * something from a foreign origin is refused, and it must carry a value that only a page of this origin can read. The last
 * also holds for another port of the same machine, which counts as the same site, and for a browser that sends no origin.
 */
export class Sessions {
  readonly #lastsMs: number
  /** Sessions that were ended before their time, and when that is; the oldest first. */
  readonly #ended = new Map<string, number>()

  private constructor(lastsMs: number) {
    this.#lastsMs = lastsMs
  }

  /** @param isSecure whether only HTTPS may carry the cookie */
  static async add(server: FastifyInstance, { key, hours }: SessionSettings, isSecure: boolean): Promise<Sessions> {
    const lastsMs = hours * HOUR_MS
    await server.register(secureSession, {
      key: key === null ? randomBytes(32) : createHash('sha256').update(key).digest(),
      cookieName: COOKIE,
      expiry: lastsMs / 1_000,
      cookie: { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure, maxAge: lastsMs / 1_000 },
    })
    return new Sessions(lastsMs)
  }

  /** Null: the request has none that is in force. */
  of(request: FastifyRequest): LoginSession | null {
    const { id, sha256, csrf, expires } = request.session.data() ?? {}
    if (id === undefined || sha256 === undefined || csrf === undefined || expires === undefined) return null
    const session = { id, sha256: Buffer.from(sha256, 'hex'), csrf, expires }
    return this.isInForce(session) ? session : null
  }

  isInForce({ id, expires }: LoginSession): boolean {
    return expires > Date.now() && !this.#ended.has(id)
  }

  /** Begins a session; the answer to this request sets its cookie. */
  begin(request: FastifyRequest, token: ApiToken): LoginSession {
    const expires = Math.min(Date.now() + this.#lastsMs, token.expires ?? Number.POSITIVE_INFINITY)
    const [id, csrf] = [randomBytes(16), randomBytes(24)].map((bytes) => bytes.toString('base64url')) as [
      string,
      string,
    ]
    request.session.regenerate()
    for (const [name, value] of Object.entries({ id, csrf, expires, sha256: token.sha256.toString('hex') })) {
      request.session.set(name as 'id', value as string)
    }
    return { id, csrf, expires, sha256: token.sha256 }
  }

  /** Ends the session of a request, if it has one. */
  end(request: FastifyRequest): void {
    const session = this.of(request)
    request.session.delete()
    if (session === null) return
    const [oldest] = this.#ended.keys()
    if (this.#ended.size >= ENDED_MAX && oldest !== undefined) this.#ended.delete(oldest)
    this.#ended.set(session.id, session.expires)
  }
}

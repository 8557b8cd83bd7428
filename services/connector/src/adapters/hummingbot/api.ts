import type { Failure } from '../../core/failure.ts'
import type { CallKind } from '../../core/token-bucket.ts'
import type { HttpAnswer } from '../../outbound/http-calls.ts'
import type { Surroundings } from '../../port.ts'
import type { HummingbotSettings } from './settings.ts'

/** Calls of the Hummingbot API, with its one user. */
export class HummingbotApi {
  readonly #http: Surroundings['http']
  readonly #url: string
  readonly #authorization: string

  constructor({ url, username }: HummingbotSettings, { http, secret }: Pick<Surroundings, 'http' | 'secret'>) {
    this.#http = http
    this.#url = url.replace(/\/+$/, '')
    this.#authorization = `Basic ${Buffer.from(`${username}:${secret('password') ?? ''}`).toString('base64')}`
  }

  get(kind: CallKind, path: string, signal: AbortSignal): Promise<HttpAnswer | Failure> {
    const headers = { authorization: this.#authorization }
    return this.#http.json({ kind, url: `${this.#url}${path}`, headers, signal })
  }

  post(kind: CallKind, path: string, body: object, signal: AbortSignal): Promise<HttpAnswer | Failure> {
    const headers = { authorization: this.#authorization }
    return this.#http.json({ kind, method: 'POST', url: `${this.#url}${path}`, headers, body, signal })
  }
}

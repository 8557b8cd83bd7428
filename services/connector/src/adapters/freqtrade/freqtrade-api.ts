import { type Failure, isFailure } from '../../core/failure.ts'
import type { HttpAnswer, HttpCall } from '../../outbound/http-calls.ts'
import type { Surroundings } from '../../port.ts'
import type { FreqtradeSettings } from './settings.ts'

/** The REST API of one freqtrade, with Basic authentication, which every version takes for every call. */
export class FreqtradeApi {
  readonly #base: string
  readonly #authorization: string
  readonly #http: Surroundings['http']

  constructor({ url, username }: FreqtradeSettings, { http, secret }: Surroundings) {
    this.#base = `${url.replace(/\/+$/, '').replace(/\/api\/v1$/, '')}/api/v1`
    this.#authorization = `Basic ${Buffer.from(`${username}:${secret('password') ?? ''}`).toString('base64')}`
    this.#http = http
  }

  /** @param kind its own limit of control calls counts for what stops, starts or closes, and not for locks */
  async call(
    method: NonNullable<HttpCall['method']>,
    path: string,
    signal: AbortSignal,
    more: { readonly kind?: HttpCall['kind']; readonly body?: object } = {},
  ): Promise<HttpAnswer | Failure> {
    const { kind = 'read', body } = more
    const headers = { authorization: this.#authorization }
    const call = { kind, method, url: `${this.#base}${path}`, headers, signal, ...(body === undefined ? {} : { body }) }
    return this.#http.json(call, meaningOf)
  }

  /** The answer, if it is what the API documents. */
  async get<T>(
    path: string,
    read: (body: unknown) => T | null,
    signal: AbortSignal,
    kind: HttpCall['kind'] = 'read',
  ): Promise<Read<T> | Failure> {
    return readAnswer(await this.call('GET', path, signal, { kind }), path, read)
  }
}

export interface Read<T> {
  readonly kind: 'read'
  readonly value: T
}

export function readAnswer<T>(
  answer: HttpAnswer | Failure,
  path: string,
  read: (body: unknown) => T | null,
): Read<T> | Failure {
  if (isFailure(answer)) return answer
  const value = read(answer.body)
  if (value !== null) return { kind: 'read', value }
  return { kind: 'unusable', reason: `${path} answers something else than freqtrade does; is it another program?` }
}

/** freqtrade says 502 for its own refusals, as for a bot that still starts; a proxy means something else by it. */
function meaningOf(status: number, body: unknown): Failure | null {
  if (status !== 502 || typeof body !== 'object' || body === null) return null
  const { error } = body as { error?: unknown }
  return typeof error === 'string' ? { kind: 'temporary', reason: `freqtrade says: ${error}` } : null
}

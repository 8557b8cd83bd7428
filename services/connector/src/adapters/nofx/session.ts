import { type Failure, isFailure } from '../../core/failure.ts'
import { AS_SAID } from '../../core/remedies.ts'
import type { CallKind } from '../../core/token-bucket.ts'
import type { HttpAnswer, Refusal } from '../../outbound/http-calls.ts'
import type { Surroundings } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import type { NofxSettings } from './settings.ts'

interface NofxCall {
  readonly kind: CallKind
  readonly method?: 'GET' | 'POST'
  /** Below /api. */
  readonly path: string
  readonly body?: object
}

/** Calls of NOFX as one of its users. Its tokens last a day, so it logs in again when one is not accepted any more. */
export class NofxSession {
  readonly #settings: NofxSettings
  readonly #http: Surroundings['http']
  readonly #password: string
  #token: string | null = null

  constructor(settings: NofxSettings, { http, secret }: Pick<Surroundings, 'http' | 'secret'>) {
    this.#settings = settings
    this.#http = http
    this.#password = secret('password') ?? ''
  }

  async call(call: NofxCall, signal: AbortSignal, known: Refusal = () => null): Promise<HttpAnswer | Failure> {
    const isFresh = this.#token === null
    const failure = isFresh ? await this.#logIn(signal) : null
    if (failure !== null) return failure
    let isOutdated = false
    const answer = await this.#ask(call, signal, (status, body) => {
      isOutdated = status === 401
      return known(status, body)
    })
    if (!isOutdated) return answer
    this.#token = null
    return isFresh ? answer : this.call(call, signal, known)
  }

  #ask({ kind, method = 'GET', path, body }: NofxCall, signal: AbortSignal, known: Refusal) {
    const headers = { authorization: `Bearer ${this.#token}` }
    const sent = body === undefined ? {} : { body }
    return this.#http.json({ kind, method, url: this.#urlOf(path), headers, ...sent, signal }, known)
  }

  async #logIn(signal: AbortSignal): Promise<Failure | null> {
    const body = { email: this.#settings.email, password: this.#password }
    const url = this.#urlOf('/login')
    const answer = await this.#http.json({ kind: 'control', method: 'POST', url, body, signal })
    if (isFailure(answer)) return answer
    if (valueAt(answer.body, '/requires_otp') === true) {
      const reason = 'it asks for a one-time code, which no program has: use a NOFX of March 2026 or later'
      return { kind: 'refused', reason, advice: AS_SAID }
    }
    const token = valueAt(answer.body, '/token')
    if (typeof token !== 'string' || token === '') {
      return { kind: 'unusable', reason: 'it answers a login without a token; is this address NOFX?' }
    }
    this.#token = token
    return null
  }

  #urlOf(path: string): string {
    return `${this.#settings.url.replace(/\/+$/, '')}/api${path}`
  }
}

import type { Failure } from '../../core/failure.ts'
import type { CallKind } from '../../core/token-bucket.ts'
import type { HttpAnswer } from '../../outbound/http-calls.ts'
import type { Surroundings } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import { type AlpacaSettings, addressOf } from './settings.ts'

export interface AlpacaCall {
  readonly kind: CallKind
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
}

/** Calls of Alpaca's trading API, signed by the key. */
export class AlpacaApi {
  readonly #surroundings: Surroundings
  readonly #address: string
  readonly #headers: Readonly<Record<string, string>>

  constructor(settings: AlpacaSettings, surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#address = addressOf(settings)
    this.#headers = {
      'apca-api-key-id': surroundings.secret('key_id') ?? '',
      'apca-api-secret-key': surroundings.secret('secret_key') ?? '',
    }
  }

  call({ path, ...call }: AlpacaCall, signal: AbortSignal): Promise<HttpAnswer | Failure> {
    const url = `${this.#address}${path}`
    return this.#surroundings.http.json({ ...call, url, headers: this.#headers, signal }, refusalOf)
  }

  get(path: string, signal: AbortSignal, kind: CallKind = 'read'): Promise<HttpAnswer | Failure> {
    return this.call({ kind, path }, signal)
  }
}

/** What Alpaca means by an error; it tells in `message` what it does not like. */
function refusalOf(status: number, body: unknown): Failure | null {
  const message = valueAt(body, '/message')
  if (status === 401 || status === 403) {
    const told = typeof message === 'string' ? `: ${message}` : ''
    const reason = `it answers ${status}${told}; keys of a paper account open no live account, and the other way round`
    return { kind: 'refused', reason }
  }
  return null
}

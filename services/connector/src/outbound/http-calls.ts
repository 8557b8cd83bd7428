import { type Parsed, parsed, printable, refused } from '@drawbridge/contracts'
import { clockOf } from '../core/clock.ts'
import type { Failure } from '../core/failure.ts'
import { failureOfError, failureOfStatus, retryAfterMs } from '../core/known-errors.ts'
import type { CallKind } from '../core/token-bucket.ts'
import type { Pace } from './pace.ts'

const WITHIN_MS = 10_000
/** A larger answer is refused: no account needs it. */
const BODY_BYTES_MAX = 2_000_000
/** So much of an error's text is told. */
const TOLD_MAX = 200

export interface HttpCall {
  /** Which limit of the other side it counts for. */
  readonly kind: CallKind
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL | string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, unless it is text. */
  readonly body?: object | string
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly kind: 'answer'
  readonly status: number
  /** The JSON of it; undefined: the body is empty. */
  readonly body: unknown
  readonly headers: Headers
}

/** What was wrong with an answer that is no success, in the words of the other side. */
export type Refusal = (status: number, body: unknown) => Failure | null

/** Calls of one other side: paced, bounded in time and size, never redirected, and each fault told as a failure. */
export class HttpCalls {
  readonly #pace: Pace
  readonly #withinMs: number

  constructor(pace: Pace, withinMs = WITHIN_MS) {
    this.#pace = pace
    this.#withinMs = withinMs
  }

  /**
   * @param known what this other side means by an answer that is no success, before the usual meaning counts; null: as usual
   */
  async json(call: HttpCall, known: Refusal = () => null): Promise<HttpAnswer | Failure> {
    const { kind, method = 'GET', url, headers = {}, body, signal } = call
    const init: RequestInit = {
      method,
      headers: { accept: 'application/json', ...(typeof body === 'object' ? JSON_BODY : {}), ...headers },
      // Keys must not follow to another address.
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }
    try {
      await this.#pace.take(kind, signal)
      const response = await fetch(url, {
        ...init,
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#withinMs)]),
      })
      const text = await bodyOf(response)
      if (!text.ok) return { kind: 'unusable', reason: text.reason }
      return this.#answerOf(response, text.value, kind, known)
    } catch (error) {
      return failureOfError(error)
    }
  }

  #answerOf(response: Response, text: string, kind: CallKind, known: Refusal): HttpAnswer | Failure {
    const { status, headers } = response
    const json = jsonOf(text)
    if (status >= 300 && status < 400) {
      const to = headers.get('location')
      if (to === null)
        return { kind: 'unusable', status, reason: `it answers ${status}, which is no answer to this call` }
      const reason = `it answers ${status}, a redirect to ${toldOf(to)}`
      return { kind: 'refused', status, reason, advice: REDIRECTED }
    }
    if (status >= 400) {
      const failure =
        known(status, json.ok ? json.value : undefined) ?? failureOfStatus(status, retryAfterIn(headers), toldOf(text))
      if (failure.kind === 'rate-limited') this.#pace.pause(kind, failure.retryAfterMs ?? 1_000)
      return failure
    }
    if (!json.ok) return { kind: 'temporary', reason: `it answers with something that is no JSON: ${toldOf(text)}` }
    return { kind: 'answer', status, body: json.value, headers }
  }
}

const REDIRECTED =
  'write that address into config.json if it is right, and restart the connector service: keys do not follow'
const JSON_BODY = { 'content-type': 'application/json' } as const

/** A time in `Retry-After` counts by the clock of whoever wrote it. */
function retryAfterIn(headers: Headers): number | null {
  return retryAfterMs(headers.get('retry-after'), clockOf(headers.get('date')) ?? Date.now())
}

async function bodyOf(response: Response): Promise<Parsed<string>> {
  if (response.body === null) return parsed('')
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body) {
    bytes += part.length
    // Leaving the loop cancels the rest.
    if (bytes > BODY_BYTES_MAX) return refused(`it answers with more than ${BODY_BYTES_MAX} bytes`)
    parts.push(part)
  }
  // Takes a mark of the byte order away, which some servers begin with.
  return parsed(new TextDecoder().decode(Buffer.concat(parts)))
}

function jsonOf(text: string): Parsed<unknown> {
  if (text.trim() === '') return parsed(undefined)
  try {
    return parsed(JSON.parse(text))
  } catch {
    return refused('no JSON')
  }
}

/** A page of HTML says nothing but its title. */
function toldOf(text: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]
  const told = title === undefined ? text : `a page, "${title.trim()}"`
  return printable(told.replaceAll(/\s+/g, ' ').trim()).slice(0, TOLD_MAX)
}

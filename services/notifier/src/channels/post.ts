import type { Attempt } from '../core/retry.ts'

export interface Post {
  readonly url: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a receiver answered; null: nothing came in time, or no HTTP. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** A receiver that is slower gets copies. */
const WITHIN_MS = 30_000
/** How much of an answer is read, bytes. */
const BODY_MAX = 65_536

/**
 * Sends a POST request and reads the answer. A redirect is not followed: the address is the one that is configured.
 * @returns the answer, or the attempt that failed without one
 */
export async function post(
  { url, body, headers = {} }: Post,
  withinMs = WITHIN_MS,
): Promise<Answer | Extract<Attempt, { kind: 'failed' }>> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'drawbridge-notifier', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(withinMs),
    })
    return { status: answer.status, headers: answer.headers, body: await readSome(answer) }
  } catch (error) {
    return noAnswer(error)
  }
}

async function readSome(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= BODY_MAX) break
  }
  return Buffer.concat(chunks).subarray(0, BODY_MAX).toString('utf8')
}

/** Codes of connections that were never there, so that nothing was sent. */
export const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The reason has a code and no address: that may be a secret. */
function noAnswer(error: unknown): Extract<Attempt, { kind: 'failed' }> {
  const { cause, name } = error as { readonly cause?: { readonly code?: string }; readonly name?: string }
  const code = cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : 'no connection')
  return { kind: 'failed', reason: code, afterMs: null, maybeSent: !UNSENT.has(code) }
}

/** Statuses after which the same request may succeed. */
const LATER = new Set([408, 409, 421, 425, 429])
/** Statuses of a proxy that has passed the request on, and heard no answer. */
const UNHEARD = new Set([502, 504])
/** Statuses of a receiver that refuses us, whatever is sent. */
const SHUT_OUT = new Set([401, 403, 404, 410])

/** What an answer means, where a receiver says nothing more exact. @param says its own words, without secrets */
export function attemptOf({ status, headers }: Answer, id: string | null = null, says = ''): Attempt {
  const reason = `HTTP ${status}${says === '' ? '' : `: ${says.slice(0, 200)}`}`
  if (status >= 200 && status < 300) return { kind: 'sent', id }
  if (LATER.has(status) || status >= 500) {
    return { kind: 'failed', reason, afterMs: retryAfterOf(headers), maybeSent: UNHEARD.has(status) }
  }
  if (SHUT_OUT.has(status) || status < 400) return { kind: 'shut-out', reason }
  return { kind: 'refused', reason }
}

/** Of a receiver with a form of answer of its own: a proxy, or a page to log in, answers 200, too, and has told nobody. */
export function ifOwnAnswer(attempt: Attempt, isOwn: boolean, receiver: string): Attempt {
  if (attempt.kind !== 'sent' || isOwn) return attempt
  return { kind: 'failed', reason: `the answer is not that of ${receiver}`, afterMs: null, maybeSent: true }
}

/** The header, seconds or a date; null: there is none. */
export function retryAfterOf(headers: Headers, now = Date.now()): number | null {
  const given = headers.get('retry-after')
  if (given === null) return null
  const seconds = Number(given)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000)
  const date = Date.parse(given)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** The answer as JSON; null: it is something else, as an error page of a proxy. */
export function jsonOf({ body }: Answer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}

import type { Failure } from './failure.ts'
import { AS_SAID } from './remedies.ts'

/** What an error of the network or of HTTP means. */
interface KnownError {
  readonly kind: Exclude<Failure['kind'], 'rate-limited'>
  readonly words: string
}

/** Codes of Node, by name. Anything else is temporary and told as it is. */
export const KNOWN_CODES: Readonly<Record<string, KnownError>> = {
  ECONNREFUSED: { kind: 'temporary', words: 'nothing listens at its address; is it running?' },
  ECONNRESET: { kind: 'temporary', words: 'the connection was cut' },
  EPIPE: { kind: 'temporary', words: 'the connection was cut' },
  ETIMEDOUT: { kind: 'temporary', words: 'it does not answer' },
  UND_ERR_CONNECT_TIMEOUT: { kind: 'temporary', words: 'it does not answer' },
  UND_ERR_HEADERS_TIMEOUT: { kind: 'temporary', words: 'it does not answer' },
  UND_ERR_SOCKET: { kind: 'temporary', words: 'the connection was cut' },
  EAI_AGAIN: { kind: 'temporary', words: 'the name server does not answer' },
  EHOSTUNREACH: { kind: 'temporary', words: 'there is no way to its address' },
  ENETUNREACH: { kind: 'temporary', words: 'there is no network' },
  ENOTFOUND: { kind: 'temporary', words: 'its name is not known; is the address right?' },
  ENOENT: { kind: 'refused', words: 'there is no such program or file' },
  EACCES: { kind: 'refused', words: 'it may not be used by this user' },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    kind: 'refused',
    words: 'its certificate is self-signed; name the file of it in NODE_EXTRA_CA_CERTS',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    kind: 'refused',
    words: 'its certificate is signed by an unknown authority; name the file of that one in NODE_EXTRA_CA_CERTS',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    kind: 'refused',
    words: 'its certificate is signed by an unknown authority; name the file of that one in NODE_EXTRA_CA_CERTS',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    kind: 'refused',
    words: 'it speaks no TLS at this port; is it "http://", or another port?',
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    kind: 'refused',
    words: 'it speaks no TLS at this port; is it "http://", or another port?',
  },
  HPE_INVALID_CONSTANT: { kind: 'unusable', words: 'it speaks no HTTP at this port; is the port right?' },
  CERT_HAS_EXPIRED: { kind: 'refused', words: 'its certificate has expired; is the clock right?' },
  ERR_TLS_CERT_ALTNAME_INVALID: { kind: 'refused', words: 'its certificate is of another name; is the address right?' },
}

/** Answers of HTTP that every other side means alike; 418 is what Binance says to whoever ignored 429. */
const LIMITED: readonly number[] = [418, 429]
const KNOWN_STATUSES: Readonly<Record<number, KnownError>> = {
  401: { kind: 'refused', words: 'it does not accept the key or password' },
  403: { kind: 'refused', words: 'the key may not do this' },
  404: { kind: 'unusable', words: 'it has nothing at this address; is the address right?' },
  405: { kind: 'unusable', words: 'it does not know this call; is it another version?' },
  408: { kind: 'temporary', words: 'it waited too long for the request' },
  425: { kind: 'temporary', words: 'it is not ready yet' },
}

/** The failure that an unsuccessful answer means; `told` is what the other side said, short and on one line. */
export function failureOfStatus(status: number, retryAfterMs: number | null, told: string): Failure {
  const said = told === '' ? '' : `: ${told}`
  if (LIMITED.includes(status)) {
    return { kind: 'rate-limited', retryAfterMs, status, reason: `it answers ${status}, too many requests${said}` }
  }
  const known = KNOWN_STATUSES[status]
  if (known !== undefined) return { kind: known.kind, status, reason: `it answers ${status}, ${known.words}${said}` }
  const kind = status >= 500 ? 'temporary' : 'unusable'
  return { kind, status, reason: `it answers ${status}${said}` }
}

/** The failure that an error means which was thrown instead of an answer. */
export function failureOfError(error: unknown): Failure {
  const code = codeOf(error)
  const known = code === null ? undefined : KNOWN_CODES[code]
  if (known !== undefined) {
    const advice = known.kind === 'refused' ? { advice: AS_SAID } : {}
    return { kind: known.kind, reason: `${known.words} (${code})`, ...advice }
  }
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return { kind: 'temporary', reason: 'it does not answer in time' }
  }
  return { kind: 'temporary', reason: wordsOf(error) }
}

/** What an error says, and what caused it: fetch itself says no more than that it failed. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  const code = codeOf(cause)
  return `${error.message}: ${cause.message}${code === null ? '' : ` (${code})`}`
}

/** The code of an error, or of what caused it. */
function codeOf(error: unknown): string | null {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    const { code } = one as { code?: unknown }
    if (typeof code === 'string') return code
    if (one instanceof AggregateError && one.errors.length > 0) return codeOf(one.errors[0])
  }
  return null
}

/** `Retry-After` in seconds, or as a time; null: it says nothing that can be read. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return seconds < 0 ? null : Math.ceil(seconds * 1_000)
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

import Type from 'typebox'
import { type ApiToken, parseTokens } from '../tokens.ts'
import { flag, integer, list, type Setting, text, type Values } from './setting.ts'

const tokens: Setting<readonly ApiToken[]> = {
  file: null,
  variable: 'API_TOKENS',
  about: 'The API tokens: who may do what by HTTP.',
  schema: Type.String({ description: 'a JSON list of {name, role, token or sha256, expires}' }),
  fromText: parseTokens,
  fallback: [],
  fallbackWords: 'no token is required',
}

/** How every service serves HTTP. */
export const httpSettings = {
  tokens,
  /** Reloaded while a service runs, and therefore not treated like other secret files. */
  tokensFile: text<string | null>({
    file: 'http.tokens_file',
    variable: 'API_TOKENS_FILE',
    about: 'A file with such a list.',
    must: 'the path of a file',
    fallback: null,
    fallbackWords: 'none',
  }),
  metricsOpen: flag({
    file: 'http.metrics_open',
    variable: 'HTTP_METRICS_OPEN',
    about: 'Whether `/metrics` needs no token.',
    fallback: false,
  }),
  /** Further names by which it can be reached, like "drawbridge.example:8080". */
  allowedHosts: list({
    file: 'http.allowed_hosts',
    variable: 'HTTP_ALLOWED_HOSTS',
    about: 'Further names by which services can be reached; separated by commas in the variable.',
    must: 'a list of names like "drawbridge.example:8080"',
    fallback: [],
    fallbackWords: 'none',
  }),
  tlsCertFile: text<string | null>({
    file: 'http.tls_cert_file',
    variable: 'HTTP_TLS_CERT_FILE',
    about: 'The certificate for HTTPS; requires the key.',
    must: 'the path of a file',
    fallback: null,
    fallbackWords: 'plain HTTP',
  }),
  tlsKeyFile: text<string | null>({
    file: 'http.tls_key_file',
    variable: 'HTTP_TLS_KEY_FILE',
    about: 'Its key.',
    must: 'the path of a file',
    fallback: null,
    fallbackWords: 'none',
  }),
  requestsPerSecond: integer({
    file: 'http.requests_per_second',
    variable: 'HTTP_REQUESTS_PER_SECOND',
    about: 'Maximum of requests that one address may send in a second.',
    min: 1,
    max: 1_000_000,
    fallback: 2_000,
  }),
  unknownRequestsPerSecond: integer({
    file: 'http.unknown_requests_per_second',
    variable: 'HTTP_UNKNOWN_REQUESTS_PER_SECOND',
    about: 'Maximum of these without a valid token, if tokens are configured.',
    min: 1,
    max: 1_000_000,
    fallback: 100,
  }),
  connectionsMax: integer({
    file: 'http.connections_max',
    variable: 'HTTP_CONNECTIONS_MAX',
    about: 'Maximum of open connections; beyond it, a new one replaces one without a complete request.',
    min: 16,
    max: 100_000,
    fallback: 4_096,
  }),
  connectionsPerAddressMax: integer({
    file: 'http.connections_per_address_max',
    variable: 'HTTP_CONNECTIONS_PER_ADDRESS_MAX',
    about: 'Maximum of these from one address.',
    min: 1,
    max: 100_000,
    fallback: 1_024,
  }),
  headersWithinMs: integer({
    file: 'http.headers_within_ms',
    variable: 'HTTP_HEADERS_WITHIN_MS',
    about: 'Time within which the headers of a request must arrive, milliseconds.',
    min: 100,
    max: 60_000,
    fallback: 5_000,
  }),
  requestWithinMs: integer({
    file: 'http.request_within_ms',
    variable: 'HTTP_REQUEST_WITHIN_MS',
    about: 'Time within which the whole request must arrive, milliseconds.',
    min: 100,
    max: 300_000,
    fallback: 30_000,
  }),
  bodyLimitBytes: integer({
    file: 'http.body_limit_bytes',
    variable: 'HTTP_BODY_LIMIT_BYTES',
    about: 'A larger body is refused, bytes.',
    min: 1_024,
    max: 1_048_576,
    fallback: 65_536,
  }),
  busyAfterMs: integer({
    file: 'http.busy_after_ms',
    variable: 'HTTP_BUSY_AFTER_MS',
    about: 'While the event loop is late by this many milliseconds, requests are refused with 503.',
    min: 10,
    max: 60_000,
    fallback: 1_000,
  }),
} as const

export type HttpSettings = Values<typeof httpSettings>

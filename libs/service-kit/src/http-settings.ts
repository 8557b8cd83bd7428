import { type Parsed, parsed } from '@drawbridge/contracts'
import Type from 'typebox'
import { booleanFrom, integerFrom, text } from './environment.ts'
import { type ApiToken, parseTokens } from './http/tokens.ts'

/** How every service serves HTTP. */
export interface HttpSettings {
  /** Of API_TOKENS. */
  readonly tokens: readonly ApiToken[]
  /** A file of tokens; null: none. */
  readonly tokensFile: string | null
  /** Whether `/metrics` needs no token. */
  readonly metricsOpen: boolean
  /** Names by which it is reached beside its own address, like "drawbridge.example:8080". */
  readonly allowedHosts: readonly string[]
  /** PEM files, both or none; null: plain HTTP. */
  readonly tlsCertFile: string | null
  readonly tlsKeyFile: string | null
  /** Requests that one address may send in a second. */
  readonly requestsPerSecond: number
  /** A body larger than this is refused with 413. */
  readonly bodyLimitBytes: number
  /** Where the event loop is late by more, requests are refused with 503; milliseconds. */
  readonly busyAfterMs: number
}

const REQUESTS_PER_SECOND = { min: 1, max: 1_000_000, otherwise: 2_000 }
const BODY_LIMIT_BYTES = { min: 1_024, max: 1_048_576, otherwise: 65_536 }
const BUSY_AFTER_MS = { min: 10, max: 60_000, otherwise: 1_000 }

const whole = ({ min, max }: { readonly min: number; readonly max: number }) =>
  Type.Optional(Type.Integer({ minimum: min, maximum: max, description: `a whole number, ${min} to ${max}` }))
const file = Type.Optional(Type.String({ minLength: 1, description: 'the path of a file' }))

/** The section `http` of config.json. */
export const HttpSchema = Type.Object(
  {
    tokens_file: file,
    metrics_open: Type.Optional(Type.Boolean({ description: 'true or false' })),
    allowed_hosts: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { description: 'a list of names like "drawbridge.example:8080"' }),
    ),
    tls_cert_file: file,
    tls_key_file: file,
    requests_per_second: whole(REQUESTS_PER_SECOND),
    body_limit_bytes: whole(BODY_LIMIT_BYTES),
    busy_after_ms: whole(BUSY_AFTER_MS),
  },
  { additionalProperties: false },
)
export type HttpMessage = Type.Static<typeof HttpSchema>

type Take = <T>(where: string, read: Parsed<T>, otherwise: T) => T

/** The settings of HTTP: the environment over that section. `take` notes a fault and goes on with what it is given. */
export function httpSettings(
  env: Readonly<Record<string, string | undefined>>,
  section: HttpMessage,
  take: Take,
): HttpSettings {
  const number = (name: string, inFile: number | undefined, { min, max, otherwise }: typeof BODY_LIMIT_BYTES) =>
    take(name, integerFrom(env[name], min, max), null) ?? inFile ?? otherwise
  const tokensText = text(env.API_TOKENS)
  const hosts = text(env.HTTP_ALLOWED_HOSTS)?.split(',') ?? section.allowed_hosts ?? []
  return {
    tokens: take('API_TOKENS', tokensText === undefined ? parsed([]) : parseTokens(tokensText), []),
    tokensFile: text(env.API_TOKENS_FILE) ?? section.tokens_file ?? null,
    metricsOpen: take('HTTP_METRICS_OPEN', booleanFrom(env.HTTP_METRICS_OPEN), null) ?? section.metrics_open ?? false,
    allowedHosts: hosts.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''),
    tlsCertFile: text(env.HTTP_TLS_CERT_FILE) ?? section.tls_cert_file ?? null,
    tlsKeyFile: text(env.HTTP_TLS_KEY_FILE) ?? section.tls_key_file ?? null,
    requestsPerSecond: number('HTTP_REQUESTS_PER_SECOND', section.requests_per_second, REQUESTS_PER_SECOND),
    bodyLimitBytes: number('HTTP_BODY_LIMIT_BYTES', section.body_limit_bytes, BODY_LIMIT_BYTES),
    busyAfterMs: number('HTTP_BUSY_AFTER_MS', section.busy_after_ms, BUSY_AFTER_MS),
  }
}

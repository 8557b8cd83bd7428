import { createHash } from 'node:crypto'
import type { Endpoint, Role } from './endpoints.ts'
import type { Attempt } from './knock.ts'

export const TOKENS: Readonly<Record<Role, string>> = {
  read: 'read-Tqz1nBv7cX3kLm9sWd5fGh2jRp8y',
  operate: 'operate-Ka8dJf3nVb6mQw1zXs4cEr7t',
  admin: 'admin-Zo4pLk9mNj2bHv6gYc3fTx8dRs1e',
}
/** The token of a bot with the traders `bot1` and `desk-*`. */
export const BOT = 'bot-Hf5kWq8zLm2xVc7nTb4rYd9sGjPa3eU'
export const EXPIRED = 'expired-Uy5tRe2wQa9sDf6gHj3kLz8xCv'
const UNKNOWN = 'unknown-Bn7mVc4xZl1kJh9gFd6sAp3oIu'

export const TOKEN_FILE = [
  ...Object.entries(TOKENS).map(([role, token]) => ({
    name: `${role}er`,
    role,
    sha256: createHash('sha256').update(token).digest('hex'),
  })),
  { name: 'desk', role: 'bot', traders: ['bot1', 'desk-*'], token: BOT },
  { name: 'late', role: 'admin', token: EXPIRED, expires: '2020-01-01T00:00:00Z' },
]

/** A body that would do something, had it come through. */
const BODY = '{"equity": 31337}'

/** A regular request to the endpoint, with these headers. */
export function ask(endpoint: Endpoint, headers: readonly string[] = [], body = BODY): Attempt {
  const { method, path, port } = endpoint
  const length = method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return {
    method,
    path,
    headers: [`Host: 127.0.0.1:${port}`, 'Connection: close', ...length, ...headers],
    ...(method === 'GET' ? {} : { body }),
  }
}

export const bearer = (token: string) => `Authorization: Bearer ${token}`

export type Try = (endpoint: Endpoint) => Attempt
const withHeaders =
  (...headers: readonly string[]): Try =>
  (endpoint) =>
    ask(endpoint, headers)
const at =
  (change: (path: string, endpoint: Endpoint) => string, ...headers: readonly string[]): Try =>
  (endpoint) => ({ ...ask(endpoint, headers), path: change(endpoint.path, endpoint) })

const { admin } = TOKENS
const jwt = [{ alg: 'none' }, { role: 'admin', sub: 'adminer' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')
const swapped = admin.replace(/[a-z]/gi, (letter) =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
)

/** Without a valid token, with various replacements. */
export const CREDENTIALS: readonly (readonly [name: string, attempt: Try])[] = [
  ['no token', withHeaders()],
  ['an empty header', withHeaders('Authorization:')],
  ['a scheme without a token', withHeaders('Authorization: Bearer')],
  ['a scheme and blanks', withHeaders('Authorization: Bearer    ')],
  ['a token without a scheme', withHeaders(`Authorization: ${admin}`)],
  ['another scheme', withHeaders(`Authorization: Token ${admin}`)],
  ['a password', withHeaders(`Authorization: Basic ${Buffer.from(`adminer:${admin}`).toString('base64')}`)],
  ['a token in base64', withHeaders(bearer(Buffer.from(admin).toString('base64')))],
  ['an unknown token', withHeaders(bearer(UNKNOWN))],
  ['a token cut short', withHeaders(bearer(admin.slice(0, -1)))],
  ['a token and more', withHeaders(bearer(`${admin}0`))],
  ['a token and padding', withHeaders(bearer(`${admin}=`))],
  ['a token in other cases', withHeaders(bearer(swapped))],
  ['a token in quotes', withHeaders(bearer(`"${admin}"`))],
  ['a token in percent encoding', withHeaders(bearer(admin.replaceAll('-', '%2D')))],
  ['the hash of a token', withHeaders(bearer(createHash('sha256').update(admin).digest('hex')))],
  ['the name of a token', withHeaders(bearer('adminer'))],
  ['the role as token', withHeaders(bearer('admin'))],
  ['words for nothing', withHeaders(bearer('null'))],
  ['an unsigned web token', withHeaders(bearer(`${jwt}.`))],
  ['an expired token', withHeaders(bearer(EXPIRED))],
  ['an unknown token before a known one', withHeaders(bearer(`${UNKNOWN} ${admin}`))],
  ['a list of tokens', withHeaders(bearer(`${UNKNOWN}, Bearer ${admin}`))],
  ['an unknown token in a first header', withHeaders(bearer(UNKNOWN), bearer(admin))],
  ['a token on a folded line', withHeaders('Authorization: Bearer', ` ${admin}`)],
  ['a token after a null', withHeaders(`Authorization: Bearer \0${admin}`)],
  ['a token of 15 kB', withHeaders(bearer('a'.repeat(15_000)))],
  ['a token in a cookie', withHeaders(`Cookie: token=${admin}; authorization=Bearer%20${admin}`)],
  ['a token in the header of a proxy', withHeaders(`Proxy-Authorization: Bearer ${admin}`)],
  ['a token in X-Api-Key', withHeaders(`X-Api-Key: ${admin}`)],
  [
    'a token in a header of like name',
    withHeaders(`Authorization2: Bearer ${admin}`, `X-Authorization: Bearer ${admin}`),
  ],
  [
    'a token in the query',
    at((path) => `${path}?token=${admin}&access_token=${admin}&authorization=Bearer%20${admin}`),
  ],
  [
    'a token in the body',
    (endpoint) => ask(endpoint, [], `{"equity": 31337, "token": "${admin}", "access_token": "${admin}"}`),
  ],
  [
    'an address of this machine',
    withHeaders('X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1', 'Forwarded: for=127.0.0.1'),
  ],
  ['another method in a header', withHeaders('X-HTTP-Method-Override: GET', 'X-Method-Override: GET')],
  ['another path in a header', withHeaders('X-Original-URL: /livez', 'X-Rewrite-URL: /livez')],
  ['a word of who it is', withHeaders('X-Remote-User: adminer', 'X-Forwarded-User: adminer', 'From: adminer')],
]

/** Without a token, with another spelling of the same endpoint. */
export const WAYS: readonly (readonly [name: string, attempt: Try])[] = [
  ['a slash at the end', at((path) => `${path}/`)],
  ['two slashes', at((path) => `/${path}`)],
  ['two slashes inside', at((path) => path.replace(/(.)\//, '$1//'))],
  ['an encoded slash', at((path) => path.replace(/(.)\//, '$1%2f'))],
  ['an encoded slash at first', at((path) => `/%2f${path.slice(1)}`)],
  ['a backslash', at((path) => path.replaceAll('/', '\\'))],
  ['a dot', at((path) => `/.${path}`)],
  ['two dots from an open endpoint', at((path) => `/livez/..${path}`)],
  ['two dots from the documents', at((path) => `/docs/..${path}`)],
  ['two encoded dots', at((path) => `/livez/%2e%2e${path}`)],
  ['two encoded dots from the documents', at((path) => `/docs/%2e%2e${path}`)],
  ['dots and a slash, encoded', at((path) => `/docs/..%2f${path.slice(1)}`)],
  ['dots, encoded twice', at((path) => `/docs/%252e%252e${path}`)],
  ['dots of too many bytes', at((path) => `/docs/%c0%ae%c0%ae${path}`)],
  ['a semicolon', at((path) => `/livez;${path}`)],
  ['a semicolon at the end', at((path) => `${path};.css`)],
  ['a suffix', at((path) => `${path}.json`)],
  ['an encoded null', at((path) => `${path}%00`)],
  ['a null', at((path) => `${path}\0`)],
  ['a line break, encoded', at((path) => `${path}%0d%0aAuthorization:%20Bearer%20${admin}`)],
  ['a fragment', at((path) => `${path}#/livez`)],
  [
    'encoded letters',
    at((path) => path.replace(/^\/(.)/, (_all, letter: string) => `/%${letter.charCodeAt(0).toString(16)}`)),
  ],
  ['capital letters', at((path) => path.toUpperCase())],
  ['a half encoding', at((path) => `${path}%`)],
  ['bytes that are no text, encoded', at((path) => `${path}%ff%fe`)],
  ['a whole address', at((path, { port }) => `http://127.0.0.1:${port}${path}`)],
  ['the address of another', at((path) => `http://localhost/livez/..${path}`)],
  ['a path of 15 kB', at((path) => `${path}?${'a'.repeat(15_000)}`)],
]

const LARGE = 64 * 1024 + 1
const chunked = (endpoint: Endpoint): Attempt => ({
  ...ask(endpoint),
  headers: [`Host: 127.0.0.1:${endpoint.port}`, 'Connection: close', bearer(admin), 'Transfer-Encoding: chunked'],
  body: `${LARGE.toString(16)}\r\n${' '.repeat(LARGE)}\r\n0\r\n\r\n`,
})

/** With an admin token, but invalid: at endpoints that change something. */
export const FORMS: readonly (readonly [name: string, attempt: Try])[] = [
  ['a body above the limit', (endpoint) => ask(endpoint, [bearer(admin)], BODY.padEnd(LARGE))],
  ['a body above the limit, in chunks', chunked],
  ['a body of a terabyte, announced', (endpoint) => announced(endpoint, 'Content-Length: 1099511627776')],
  ['a length below nothing', (endpoint) => announced(endpoint, 'Content-Length: -1')],
  ['a length that is no number', (endpoint) => announced(endpoint, 'Content-Length: many')],
  ['two lengths', (endpoint) => announced(endpoint, 'Content-Length: 17', 'Content-Length: 18')],
  ['a length and chunks', (endpoint) => announced(endpoint, 'Content-Length: 17', 'Transfer-Encoding: chunked')],
  ['chunks that are none', (endpoint) => announced(endpoint, 'Transfer-Encoding: chunked')],
  ['an unknown encoding of chunks', (endpoint) => announced(endpoint, 'Transfer-Encoding: xchunked')],
  ['headers above the limit', withHeaders(bearer(admin), `X-Filler: ${'a'.repeat(20_000)}`)],
  ['a hundred thousand headers', withHeaders(bearer(admin), ...Array.from({ length: 10_000 }, (_, i) => `X-${i}: a`))],
  ['a header without a colon', withHeaders(bearer(admin), 'Equity 31337')],
  ['a header without a name', withHeaders(bearer(admin), ': 31337')],
  ['a blank before a colon', withHeaders(bearer(admin), 'X-Equity : 31337')],
  ['a null in a header', withHeaders(bearer(admin), 'X-Equity: 31\x00337')],
  ['a page of another origin', withHeaders(bearer(admin), 'Origin: https://evil.example')],
  ['a page of no origin', withHeaders(bearer(admin), 'Origin: null')],
  ['a page of another port', withHeaders(bearer(admin), 'Origin: http://127.0.0.1:1')],
  [
    'a page whose name begins as ours',
    (endpoint) => foreign(endpoint, `http://127.0.0.1:${endpoint.port}.evil.example`),
  ],
  [
    'a page with our name before an @',
    (endpoint) => foreign(endpoint, `http://127.0.0.1:${endpoint.port}@evil.example`),
  ],
  [
    'a page with our name after an @',
    (endpoint) => foreign(endpoint, `http://evil.example@127.0.0.1:${endpoint.port}`),
  ],
]

function announced(endpoint: Endpoint, ...lengths: readonly string[]): Attempt {
  const headers = [`Host: 127.0.0.1:${endpoint.port}`, 'Connection: close', bearer(admin), ...lengths]
  return { ...ask(endpoint), headers, body: BODY }
}

const foreign = (endpoint: Endpoint, origin: string) => ask(endpoint, [bearer(admin), `Origin: ${origin}`])

/** Methods that no endpoint has, with an admin token. */
export const METHODS = ['PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT', 'PRI', 'get', 'POST\t'] as const

/** Data that is not HTTP. */
export const NO_HTTP: readonly (readonly [name: string, bytes: string])[] = [
  ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(600, '\x00')],
  ['HTTP 0.9', 'GET /metrics\r\n\r\n'],
  ['HTTP 9.9', 'GET /metrics HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n'],
  ['HTTP 2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['no Host', 'GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a path without a slash', 'GET metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'],
  ['no path', 'GET  HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'],
  ['a star', 'GET * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'],
  ['nulls', '\x00'.repeat(64)],
]

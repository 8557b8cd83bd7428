import type { HttpServer } from '@drawbridge/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PageFile, PageFiles } from '../page-files.ts'

/** Paths that show a view, also as people type them: the page itself looks at the path. */
const VIEWS = [
  '/',
  '/traders',
  '/traders/*',
  '/what-if',
  '/what-if/*',
  '/time-travel',
  '/time-travel/',
  '/operate',
  '/operate/*',
  '/alerts',
  '/alerts/',
  '/health',
  '/health/',
] as const

/** Nothing comes from elsewhere, nothing inline runs, and no other page may show this one. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const

const NOT_BUILT =
  'The page of the console is not built. Run "npm run build:page" and start the console again; the API works meanwhile, see /docs.\n'

/** The page. It holds nothing secret: it asks for a token itself, and what it shows comes from the API. */
export function addPageRoutes(server: HttpServer, files: PageFiles): void {
  const options = { config: { access: 'open' }, schema: { hide: true } } as const
  const index = files?.get('index.html')
  const answerView = (request: FastifyRequest, reply: FastifyReply) => {
    if (index === undefined) return reply.code(503).headers(HEADERS).type('text/plain; charset=utf-8').send(NOT_BUILT)
    return send(request, reply, index, 'no-cache')
  }
  for (const view of VIEWS) server.get(view, options, answerView)
  for (const [name, file] of files ?? []) {
    if (name === 'index.html') continue
    // The name of an asset has the hash of its content.
    const caching = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    server.get(`/${name}`, options, (request, reply) => send(request, reply, file, caching))
  }
}

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile, caching: string): FastifyReply {
  reply.headers(HEADERS).headers({ 'cache-control': caching, etag: file.etag, vary: 'accept-encoding' })
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
  const accepted = String(request.headers['accept-encoding'] ?? '')
  reply.type(file.type)
  const best = file.compressed.find(({ encoding }) => new RegExp(`\\b${encoding}\\b`).test(accepted))
  if (best !== undefined) return reply.header('content-encoding', best.encoding).send(best.bytes)
  return reply.send(file.bytes)
}

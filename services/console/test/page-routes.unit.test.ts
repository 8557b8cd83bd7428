import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { createHttpServer, createLogger, type HttpServer, MetricRegistry, Readiness } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readPage } from '../src/page-files.ts'
import { addPageRoutes } from '../src/routes/page-routes.ts'

const TOKENS = JSON.stringify([{ name: 'ann', role: 'read', token: 'a'.repeat(32) }])

function builtPage(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'page-'))
  mkdirSync(path.join(folder, 'assets'))
  const index = '<!doctype html><title>Drawbridge</title>'
  writeFileSync(path.join(folder, 'index.html'), index)
  writeFileSync(path.join(folder, 'index.html.br'), brotliCompressSync(index))
  writeFileSync(path.join(folder, 'index.html.gz'), gzipSync(index))
  writeFileSync(path.join(folder, 'assets/index-abc123.js'), 'export {}')
  writeFileSync(path.join(folder, 'sources.sha256'), 'secret of nobody')
  return folder
}

async function serve(folder: string): Promise<HttpServer> {
  const config = loadConfig({ HTTP_BUSY_AFTER_MS: '60000', API_TOKENS: TOKENS }, null)
  if (!config.ok) throw new Error(config.reason)
  const { console: address, http: settings } = config.value
  const parts = { readiness: new Readiness(), metrics: new MetricRegistry(), log: createLogger('test', 'silent') }
  const server = await createHttpServer({ service: 'test', address, settings, ...parts })
  onTestFinished(async () => {
    await server.close()
  })
  addPageRoutes(server, readPage(folder))
  return server
}

describe('the page', () => {
  test.each([
    '/',
    '/traders',
    '/traders/',
    '/traders/bot1',
    '/traders/binance%3Abtc',
    '/what-if',
    '/what-if/',
    '/time-travel',
    '/time-travel/',
    '/operate/',
    '/operate/bot1',
    '/alerts',
    '/alerts/',
    '/health',
    '/health/',
  ])('is there without a token at %s: it asks for one itself', async (url) => {
    const answer = await (await serve(builtPage())).inject(url)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('<title>Drawbridge</title>')
  })

  test('may load nothing from elsewhere, run nothing inline, and be shown inside no other page', async () => {
    const { headers } = await (await serve(builtPage())).inject('/')
    const policy = String(headers['content-security-policy'])
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/)
    const said = new Map(
      policy.split('; ').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1).join(' ')]),
    )
    expect(Object.fromEntries(said)).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    })
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })

  test('is asked for again each time, and its parts, which have the hash of their content in their names, never', async () => {
    const server = await serve(builtPage())
    expect((await server.inject('/')).headers['cache-control']).toBe('no-cache')
    const asset = await server.inject('/assets/index-abc123.js')
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const again = await server.inject({
      url: '/',
      headers: { 'if-none-match': (await server.inject('/')).headers.etag },
    })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  test.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['identity', undefined, (bytes: Buffer) => bytes],
  ])('is sent in an encoding that the browser takes: %s', async (accepted, encoding, decompress) => {
    const answer = await (await serve(builtPage())).inject({ url: '/', headers: { 'accept-encoding': accepted } })
    expect(answer.headers['content-encoding']).toBe(encoding)
    expect(decompress(answer.rawPayload).toString()).toContain('<title>Drawbridge</title>')
  })

  test('is sent as it is where a file was not compressed', async () => {
    const asked = { url: '/assets/index-abc123.js', headers: { 'accept-encoding': 'br' } }
    const answer = await (await serve(builtPage())).inject(asked)
    expect([answer.headers['content-encoding'], answer.body]).toEqual([undefined, 'export {}'])
  })

  test.each([
    '/sources.sha256',
    '/index.html.br',
    '/assets/..%2f..%2fpackage.json',
    '/assets/../index.html',
    '/package.json',
  ])('is all that there is: %s is not served', async (url) => {
    expect((await (await serve(builtPage())).inject(url)).statusCode).toBe(404)
  })

  test('that is not built says how to build it, while the API goes on', async () => {
    const answer = await (await serve(path.join(tmpdir(), 'no-page-here'))).inject('/')
    expect([answer.statusCode, answer.body]).toEqual([503, expect.stringContaining('npm run build:page')])
  })
})

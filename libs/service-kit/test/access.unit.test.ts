import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import type { Role } from '@drawbridge/settings'
import { describe, expect, onTestFinished, test } from 'vitest'
import { traderInPath } from '../src/http/bot-access.ts'
import type { HttpServer } from '../src/http/typed-server.ts'
import { createLogger } from '../src/log.ts'
import { refusal, serve } from './serve.ts'

const TOKENS: Readonly<Record<Role, string>> = {
  read: 'read-read-read-read-read-read-read-',
  operate: 'operate-operate-operate-operate-',
  admin: 'admin-admin-admin-admin-admin-admin',
}
const EXPIRED = 'expired-expired-expired-expired-'
const BOT = 'bot-bot-bot-bot-bot-bot-bot-bot-bot-'
const API_TOKENS = JSON.stringify([
  ...Object.entries(TOKENS).map(([role, token]) => ({ name: `${role}er`, role, token })),
  { name: 'desk', role: 'bot', traders: ['bot1', 'desk-*'], token: BOT },
  { name: 'late', role: 'admin', token: EXPIRED, expires: '2020-01-01T00:00:00Z' },
])

function addRoutes(server: HttpServer): void {
  for (const access of ['open', 'read', 'operate', 'admin'] as const) {
    server.post(`/${access}`, { config: { access } }, ({ principal }) => ({ principal }))
  }
}

/** Routes about traders: of the path, and of a list in the query. */
function addTraderRoutes(server: HttpServer): void {
  addRoutes(server)
  server.get('/of/:id', { config: { access: 'operate', aboutTraders: traderInPath } }, ({ principal }) => ({
    principal,
  }))
  const aboutTraders = ({ query }: { readonly query: unknown }) => (query as { of?: string }).of?.split(',') ?? []
  server.get('/all', { config: { access: 'read', aboutTraders } }, () => 'all')
  server.get('/closed/:id', { config: { access: 'read' } }, () => 'closed')
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const ask = (server: HttpServer, url: string, headers: Readonly<Record<string, string>> = {}) =>
  server.inject({ method: 'POST', url, headers })

describe('once tokens are configured', () => {
  test('each role opens its own endpoint and those below, and the handler hears who asks', async () => {
    const server = await serve({ API_TOKENS }, addRoutes)
    const opened: string[] = []
    for (const role of ['read', 'operate', 'admin'] as const) {
      for (const endpoint of ['read', 'operate', 'admin']) {
        const response = await ask(server, `/${endpoint}`, bearer(TOKENS[role]))
        if (response.statusCode !== 200) continue
        expect(response.json()).toEqual({ principal: { name: `${role}er`, role } })
        opened.push(`${role} opens ${endpoint}`)
      }
    }

    expect(opened).toEqual([
      'read opens read',
      'operate opens read',
      'operate opens operate',
      'admin opens read',
      'admin opens operate',
      'admin opens admin',
    ])
  })

  test('a refusal says what is needed, and how to send it', async () => {
    const server = await serve({ API_TOKENS }, addRoutes)

    const without = await ask(server, '/operate')
    expect(refusal(without)).toMatch(/^401 no-token: this needs a token of the role "operate"; send it as/)
    expect(without.headers['www-authenticate']).toBe('Bearer realm="drawbridge"')
    const wrong = await ask(server, '/operate', bearer('wrong-wrong-wrong-wrong-wrong-wrong'))
    expect(refusal(wrong)).toBe('401 unknown-token: this token is not known')
    expect(wrong.headers['www-authenticate']).toBe('Bearer realm="drawbridge", error="invalid_token"')
    expect(refusal(await ask(server, '/operate', bearer(EXPIRED)))).toMatch(/^401 expired-token: .* 2020-01-01/)
    expect(refusal(await ask(server, '/operate', { authorization: 'Basic YTpi' }))).toMatch(/^401 malformed-token/)
    expect(refusal(await ask(server, '/admin', bearer(TOKENS.read)))).toBe(
      '403 forbidden: this needs the role "admin"; the token of "reader" has the role "read"',
    )
  })

  test('a bot may what is about its own traders, and hears what that is', async () => {
    const server = await serve({ API_TOKENS }, addTraderRoutes)
    const get = (url: string) => server.inject({ url, headers: bearer(BOT) })
    const may =
      'the token of "desk" has the role "bot": it may report, ask and hear "bot1" and those that begin with "desk-"'

    for (const url of ['/of/bot1', '/of/desk-7', '/of/%62ot1', '/all?of=bot1', '/all?of=bot1,desk-7']) {
      expect((await get(url)).statusCode, url).toBe(200)
    }
    for (const url of [
      '/of/bot2',
      '/of/bot11',
      '/of/nobody',
      '/of/*',
      '/of/desk',
      '/all?of=bot1,bot2',
      '/closed/bot1',
    ]) {
      expect(refusal(await get(url)), url).toBe(`403 forbidden: ${may}, and nothing else`)
    }
    expect(refusal(await get('/all'))).toContain('this request must say which, as in ?trader=<id>')
    for (const endpoint of ['read', 'operate', 'admin']) {
      expect(refusal(await ask(server, `/${endpoint}`, bearer(BOT))), endpoint).toContain('and nothing else')
    }
    expect((await get('/metrics')).statusCode).toBe(403)
    expect(refusal(await server.inject('/of/bot1'))).toContain(
      'a token of the role "operate", or of a bot of the trader',
    )
  })

  test('health and documents stay open, metrics need to read unless they are open too', async () => {
    const closed = await serve({ API_TOKENS })
    const open = await serve({ API_TOKENS, HTTP_METRICS_OPEN: 'true' })
    const statuses = async (server: HttpServer, headers = {}) => {
      const urls = ['/livez', '/readyz', '/docs/json', '/metrics']
      return Promise.all(urls.map(async (url) => (await server.inject({ url, headers })).statusCode))
    }

    expect(await statuses(closed)).toEqual([200, 200, 200, 401])
    expect(await statuses(closed, bearer(TOKENS.read))).toEqual([200, 200, 200, 200])
    expect(await statuses(open)).toEqual([200, 200, 200, 200])
  })

  test('an unsaid path is not found, with a token and without', async () => {
    const server = await serve({ API_TOKENS }, addRoutes)

    expect(refusal(await ask(server, `/nothing?token=${TOKENS.admin}`))).toBe('404 not-found: not found: POST /nothing')
  })

  test('a token that is taken out of its file is refused, and one that is added is let in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-tokens-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'tokens.json')
    const write = (token: string) => writeFileSync(file, JSON.stringify([{ name: 'me', role: 'admin', token }]))
    write(TOKENS.admin)
    const complaints: string[] = []
    const log = createLogger(
      'test',
      'error',
      new Writable({ write: (line, _encoding, done) => done(void complaints.push(`${line}`)) }),
    )
    const server = await serve({ API_TOKENS_FILE: file }, addRoutes, log)
    const status = async (token: string) => (await ask(server, '/admin', bearer(token))).statusCode
    expect(await status(TOKENS.admin)).toBe(200)

    write(TOKENS.operate)

    await expect.poll(() => status(TOKENS.admin), { timeout: 5_000 }).toBe(401)
    expect(await status(TOKENS.operate)).toBe(200)
    // What cannot be read lets nobody in, and is complained of once it was seen.
    writeFileSync(file, `half of ${TOKENS.read}`)
    await expect.poll(() => status(TOKENS.operate), { timeout: 5_000 }).toBe(503)
    expect(complaints).toHaveLength(1)
    expect(complaints.join()).not.toContain(TOKENS.read)
  })
})

describe('while the file of the tokens is', () => {
  const broken: readonly (readonly [name: string, spoil: (file: string) => void, words: string])[] = [
    ['gone', (file) => rmSync(file), 'API_TOKENS_FILE: ENOENT'],
    ['empty', (file) => writeFileSync(file, ''), 'API_TOKENS_FILE: is not JSON'],
    ['an empty list', (file) => writeFileSync(file, '[]'), 'API_TOKENS_FILE: must be a list of at least one'],
    ['broken', (file) => writeFileSync(file, '[{'), 'API_TOKENS_FILE: is not JSON'],
  ]

  test.each(broken)('%s, nobody is let in, which is said; exits are answered', async (_name, spoil, words) => {
    const { server, file, write } = await serveByFile()
    const status = async () => (await ask(server, '/admin', bearer(TOKENS.admin))).statusCode
    expect(await status()).toBe(200)

    spoil(file)

    await expect.poll(status, { timeout: 5_000 }).toBe(503)
    expect(refusal(await ask(server, '/admin', bearer(TOKENS.admin)))).toMatch(/^503 tokens-unreadable: .*\/readyz/)
    const ready = await server.inject('/readyz')
    expect(ready.statusCode).toBe(503)
    expect(ready.json()).toMatchObject({ ready: false, checks: { 'API tokens': expect.stringContaining(words) } })
    expect((await server.inject('/livez')).statusCode).toBe(200)
    expect((await server.inject('/gate?intent=reduce')).statusCode).toBe(200)
    expect((await server.inject('/gate')).statusCode).toBe(503)

    write({ token: TOKENS.admin })
    await expect.poll(status, { timeout: 5_000 }).toBe(200)
    expect((await server.inject('/readyz')).json()).toMatchObject({ ready: true, checks: { 'API tokens': 'ok' } })
    expect((await server.inject('/gate?intent=reduce')).statusCode).toBe(401)
  })
})

describe('a stream of events ends when its token', () => {
  const endings: readonly (readonly [name: string, end: (write: WriteTokens, file: string) => void])[] = [
    ['is taken out', (write) => write({ token: TOKENS.operate })],
    ['expires', (write) => write({ token: TOKENS.admin, expires: '2020-01-01T00:00:00Z' })],
    ['may no longer do so', (write) => write({ token: TOKENS.admin, role: 'read' })],
    ['is given to a bot of another trader', (write) => write({ token: TOKENS.admin, role: 'bot', traders: ['bot2'] })],
    ['cannot be looked up', (_write, file) => rmSync(file)],
  ]

  test.each(endings)('%s', async (_name, end) => {
    const { server, file, write } = await serveByFile()
    await server.listen({ host: '127.0.0.1', port: 0 })
    const { port } = server.server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/stream`, { headers: bearer(TOKENS.admin) })
    const ended = response.text().then(
      () => true,
      () => true,
    )

    end(write, file)

    expect(await ended).toBe(true)
  })

  test('expires while it is listened to', async () => {
    const { server, write } = await serveByFile()
    write({ token: TOKENS.admin, expires: new Date(Date.now() + 3_000).toISOString() })
    await server.listen({ host: '127.0.0.1', port: 0 })
    const { port } = server.server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/stream`, { headers: bearer(TOKENS.admin) })
    expect(response.status).toBe(200)

    await expect(response.text()).rejects.toThrow()
  })
})

type WriteTokens = (entry: {
  readonly token: string
  readonly role?: string
  readonly traders?: readonly string[]
  readonly expires?: string
}) => void

/** A server whose tokens are in a file. */
async function serveByFile() {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-tokens-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'tokens.json')
  const write: WriteTokens = (entry) => writeFileSync(file, JSON.stringify([{ name: 'me', role: 'admin', ...entry }]))
  write({ token: TOKENS.admin })
  const server = await serve({ API_TOKENS_FILE: file }, (server) => {
    addRoutes(server)
    const isExit = ({ query }: { readonly query: unknown }) => (query as { intent?: string }).intent === 'reduce'
    server.get('/gate', { config: { access: 'read', isExit } }, () => ({ allowed: true }))
    server.get('/stream', { config: { access: 'operate', aboutTraders: () => ['bot1'] } }, (_request, reply) => {
      const stream = new PassThrough()
      stream.write('begins')
      return reply.send(stream)
    })
  })
  return { server, file, write }
}

test('without tokens every endpoint is open, and nobody is known', async () => {
  const server = await serve({}, addRoutes)

  expect((await ask(server, '/admin')).json()).toEqual({ principal: null })
  expect((await ask(server, '/admin', bearer(TOKENS.read))).json()).toEqual({ principal: null })
})

test('a route without a declared access cannot be added', async () => {
  const server = await serve()

  expect(() => server.get('/forgotten', () => 'secret')).toThrow('GET /forgotten declares no access')
  expect(() => server.get('/typo', { config: { access: 'opne' as 'open' } }, () => 'secret')).toThrow('GET /typo')
})

describe('beyond loopback', () => {
  test.each(['0.0.0.0', '::', '10.0.0.1', '192.168.1.5', 'bots.example', '::ffff:0.0.0.0'])(
    'a service at %s does not start without a token, and says how to make one',
    async (host) => {
      await expect(serve({ TRADER_HOST: host })).rejects.toThrow(/no token is configured: make one with .*make-token/)
      await expect(serve({ TRADER_HOST: host, API_TOKENS })).resolves.toBeDefined()
    },
  )

  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s is not', async (host) => {
    await expect(serve({ TRADER_HOST: host })).resolves.toBeDefined()
  })
})

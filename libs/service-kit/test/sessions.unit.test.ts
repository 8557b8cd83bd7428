import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { HttpServer } from '../src/http/typed-server.ts'
import { createLogger } from '../src/log.ts'
import { refusal, serve } from './serve.ts'

const TOKENS = { read: 'r'.repeat(32), operate: 'o'.repeat(32), bot: 'b'.repeat(32) }
const entries = [
  { name: 'ann', role: 'read', token: TOKENS.read },
  { name: 'olga', role: 'operate', token: TOKENS.operate },
  { name: 'robot', role: 'bot', traders: ['bot1'], token: TOKENS.bot },
]
const API_TOKENS = JSON.stringify(entries)
const KEY = 'k'.repeat(32)
const HOUR_MS = 3_600_000

interface Told {
  readonly required: boolean
  readonly name: string | null
  readonly role: string | null
  readonly csrf: string | null
}

function open(env: Readonly<Record<string, string>> = { API_TOKENS }, key: string | null = KEY) {
  const addRoutes = (server: HttpServer) => {
    server.get('/api/what', { config: { access: 'read' } }, (request) => ({ by: request.principal?.name }))
    server.post('/api/what', { config: { access: 'operate' } }, (request) => ({ by: request.principal?.name }))
  }
  return serve(env, addRoutes, createLogger('test', 'silent'), { key, hours: 12 })
}

async function login(server: HttpServer, token: string) {
  const answer = await server.inject({ method: 'POST', url: '/api/session', payload: JSON.stringify({ token }) })
  const [cookie] = answer.cookies
  const headers = { cookie: `${cookie?.name}=${encodeURIComponent(cookie?.value ?? '')}` }
  return { answer, cookie, headers, told: answer.json<Told>() }
}

describe('a login', () => {
  test('sets a cookie that no script reads, no other site is sent, and no plain text tells', async () => {
    const { answer, cookie, told } = await login(await open(), TOKENS.read)
    expect(answer.statusCode).toBe(200)
    expect(told).toMatchObject({ required: true, name: 'ann', role: 'read' })
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', maxAge: 12 * 3_600 })
    expect(cookie?.value).not.toContain(TOKENS.read)
  })

  test('is for its role: reading goes on with the cookie, and what the role may not do is refused', async () => {
    const server = await open()
    const { headers, told } = await login(server, TOKENS.read)
    expect((await server.inject({ url: '/api/what', headers })).json()).toEqual({ by: 'ann' })
    const changing = { ...headers, 'x-csrf-token': told.csrf ?? '' }
    expect(refusal(await server.inject({ method: 'POST', url: '/api/what', headers: changing }))).toMatch(
      /^403 forbidden/,
    )
  })

  test.each([
    ['of nobody', 'x'.repeat(32), /^401 unknown-token/],
    ['of a bot', TOKENS.bot, /^403 bot-token: the token of "robot" has the role "bot"/],
  ])('by a token %s is refused, and sets no cookie', async (_whose, token, words) => {
    const { answer, cookie } = await login(await open(), token)
    expect(refusal(answer)).toMatch(words)
    expect(cookie).toBeUndefined()
  })

  test('from a page of another origin is refused', async () => {
    const server = await open()
    const payload = JSON.stringify({ token: TOKENS.read })
    const headers = { origin: 'http://evil.example' }
    expect(refusal(await server.inject({ method: 'POST', url: '/api/session', headers, payload }))).toMatch(
      /^403 foreign-origin/,
    )
  })

  test('is not needed where no token is', async () => {
    const server = await open({})
    expect((await server.inject('/api/session')).json()).toMatchObject({ required: false, role: 'admin' })
  })

  test('by a token that its file no longer holds is over', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'tokens-')), 'tokens.json')
    writeFileSync(file, API_TOKENS)
    const server = await open({ API_TOKENS_FILE: file })
    const { headers } = await login(server, TOKENS.read)
    writeFileSync(file, JSON.stringify(entries.slice(1)))
    const isRefused = async () => (await server.inject({ url: '/api/what', headers })).statusCode
    await vi.waitFor(async () => expect(await isRefused()).toBe(401), { timeout: 5_000 })
    expect((await server.inject({ url: '/api/session', headers })).json()).toMatchObject({ required: true, name: null })
  })
})

describe('a request by cookie that changes something', () => {
  test('needs the value that only a page of this origin can read', async () => {
    const server = await open()
    const { headers, told } = await login(server, TOKENS.operate)
    const post = (more: object) => server.inject({ method: 'POST', url: '/api/what', headers: { ...headers, ...more } })
    expect(refusal(await post({}))).toMatch(/^403 no-csrf-token/)
    expect(refusal(await post({ 'x-csrf-token': `${told.csrf}x` }))).toMatch(/^403 no-csrf-token/)
    expect((await post({ 'x-csrf-token': told.csrf ?? '' })).json()).toEqual({ by: 'olga' })
  })

  test('does not accept the value of another session', async () => {
    const server = await open()
    const [one, other] = [await login(server, TOKENS.operate), await login(server, TOKENS.operate)]
    const headers = { ...one.headers, 'x-csrf-token': other.told.csrf ?? '' }
    expect(refusal(await server.inject({ method: 'POST', url: '/api/what', headers }))).toMatch(/^403 no-csrf-token/)
  })

  test('by a program with its token needs no such value', async () => {
    const headers = { authorization: `Bearer ${TOKENS.operate}` }
    expect((await (await open()).inject({ method: 'POST', url: '/api/what', headers })).json()).toEqual({ by: 'olga' })
  })
})

describe('a session ends', () => {
  test('by logout, also for a copy of its cookie', async () => {
    const server = await open()
    const { headers } = await login(server, TOKENS.read)
    const out = await server.inject({ method: 'DELETE', url: '/api/session', headers })
    expect(out.cookies).toMatchObject([{ name: 'drawbridge_session', value: '', maxAge: 0 }])
    expect(refusal(await server.inject({ url: '/api/what', headers }))).toMatch(/^401 no-token/)
  })

  test('after its hours, whatever was done in it', async () => {
    const server = await open()
    const { headers } = await login(server, TOKENS.read)
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now + 12 * HOUR_MS + 1)
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    expect(refusal(await server.inject({ url: '/api/what', headers }))).toMatch(/^401/)
  })

  test('with a restart where no key is kept, and not where one is', async () => {
    const [before, after, other] = [await open(), await open(), await open({ API_TOKENS }, null)]
    const { headers } = await login(before, TOKENS.read)
    expect((await after.inject({ url: '/api/what', headers })).statusCode).toBe(200)
    expect((await other.inject({ url: '/api/what', headers })).statusCode).toBe(401)
  })

  test('when its cookie was changed', async () => {
    const server = await open()
    const { headers } = await login(server, TOKENS.read)
    const changed = { cookie: headers.cookie.replace(/=(.)/, (_, first) => (first === 'A' ? '=B' : '=A')) }
    expect((await server.inject({ url: '/api/what', headers: changed })).statusCode).toBe(401)
  })
})

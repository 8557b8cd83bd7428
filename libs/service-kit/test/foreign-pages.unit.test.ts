import { describe, expect, test } from 'vitest'
import type { HttpServer } from '../src/http/typed-server.ts'
import { refusal, serve } from './serve.ts'

const TOKEN = 'admin-admin-admin-admin-admin-admin'
const API_TOKENS = JSON.stringify([{ name: 'me', role: 'admin', token: TOKEN }])
const HTTP_ALLOWED_HOSTS = 'bots.example, Bots.example:8080'

function addRoutes(server: HttpServer): void {
  server.get('/endpoint', { config: { access: 'read' } }, () => ({ done: true }))
  server.post('/signed', { config: { access: 'open', isSigned: true } }, () => ({ done: true }))
  server.post('/endpoint', { config: { access: 'operate' } }, () => ({ done: true }))
}

async function knock(server: HttpServer, method: 'GET' | 'POST', headers: Readonly<Record<string, string>>) {
  const authorization = `Bearer ${TOKEN}`
  const response = await server.inject({ method, url: '/endpoint', headers: { authorization, ...headers } })
  return response.statusCode === 200 ? 'done' : refusal(response).replace(/:.*/, '')
}

describe('a page of another origin', () => {
  test.each([
    'https://evil.example',
    'http://127.0.0.1:9999',
    'http://127.0.0.1:8080.evil.example',
    'http://evil.example@127.0.0.1:8080',
    'file://',
    'null',
    '',
  ])('changes nothing: "%s"', async (origin) => {
    for (const env of [{}, { API_TOKENS }]) {
      const server = await serve(env, addRoutes)
      expect(await knock(server, 'POST', { host: '127.0.0.1:8080', origin })).toBe('403 foreign-origin')
    }
  })

  test('of its own origin, and of one that is allowed, may', async () => {
    const server = await serve({ HTTP_ALLOWED_HOSTS }, addRoutes)

    expect(await knock(server, 'POST', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' })).toBe('done')
    expect(await knock(server, 'POST', { host: '127.0.0.1:8080', origin: 'https://bots.example' })).toBe('done')
    expect(await knock(server, 'POST', { host: 'bots.example:8080', origin: 'http://bots.example:8080' })).toBe('done')
  })
})

describe('without tokens', () => {
  test.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', 'localhost.evil.example', 'bots.example'])(
    'a name that points to this machine is not answered: %s',
    async (host) => {
      const server = await serve({}, addRoutes)

      expect(await knock(server, 'GET', { host })).toBe('403 foreign-host')
      expect(await knock(server, 'POST', { host, origin: `http://${host}` })).toBe('403 foreign-host')
    },
  )

  test.each([
    '127.0.0.1',
    '127.0.0.1:8080',
    'localhost:8080',
    'LOCALHOST',
    'a.localhost',
    '[::1]:8080',
    'bots.example',
  ])('a name of our own, or one that is allowed, is: %s', async (host) => {
    const server = await serve({ HTTP_ALLOWED_HOSTS }, addRoutes)

    expect(await knock(server, 'POST', { host })).toBe('done')
  })
})

test('with tokens any name is answered, because a page has none', async () => {
  const server = await serve({ API_TOKENS }, addRoutes)

  expect(await knock(server, 'POST', { host: 'trader:8080' })).toBe('done')
})

test('what is signed may be sent by any page, under any name', async () => {
  const server = await serve({}, addRoutes)
  const headers = { host: 'bot-host:8080', origin: 'https://ntfy.sh' }

  expect((await server.inject({ method: 'POST', url: '/signed', headers })).statusCode).toBe(200)
  expect(await knock(server, 'POST', headers)).toBe('403 foreign-host')
})

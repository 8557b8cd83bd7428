import { loadConfig } from '@drawbridge/settings'
import { fastify } from 'fastify'
import { describe, expect, test } from 'vitest'
import { addLimits } from '../src/http/limits.ts'
import type { HttpServer } from '../src/http/typed-server.ts'
import { refusal, serve } from './serve.ts'

function addRoutes(server: HttpServer): void {
  server.post('/endpoint', { config: { access: 'operate' } }, () => ({ done: true }))
  server.get('/gate', { config: { access: 'read', evenWhenBusy: true } }, () => ({ allowed: true }))
}

/** Knocks one time after another until it is refused; how often it was let in, and the refusal. */
async function untilRefused(server: HttpServer, method: 'GET' | 'POST', url: string, letIn: number) {
  for (let times = 0; ; times++) {
    const response = await server.inject({ method, url })
    if (response.statusCode !== letIn) return { times, response }
  }
}

test('who sends more than is allowed in a second is refused, and told', async () => {
  const server = await serve({ HTTP_REQUESTS_PER_SECOND: '5' }, addRoutes)

  const { times, response } = await untilRefused(server, 'POST', '/endpoint', 200)

  expect(times).toBeGreaterThanOrEqual(5)
  expect(refusal(response)).toContain('429 too-many-requests: more than 5 requests in a second from 127.0.0.1; ')
  expect(response.headers['retry-after']).toBe('1')
})

test('what does not exist counts too', async () => {
  const server = await serve({ HTTP_REQUESTS_PER_SECOND: '5' }, addRoutes)

  const { response } = await untilRefused(server, 'GET', '/nothing', 404)

  expect(response.statusCode).toBe(429)
})

test('a wrong token counts too', async () => {
  const API_TOKENS = JSON.stringify([{ name: 'me', role: 'admin', token: 'admin-admin-admin-admin-admin-admin' }])
  const server = await serve({ HTTP_REQUESTS_PER_SECOND: '5', API_TOKENS }, addRoutes)

  const { response } = await untilRefused(server, 'POST', '/endpoint', 401)

  expect(response.statusCode).toBe(429)
})

const statuses = async (server: HttpServer, url: string) =>
  (await Promise.all(Array.from({ length: 50 }, () => server.inject(url)))).map((response) => response.statusCode)

test('health, and what a bot must know, is always answered', async () => {
  const server = await serve({ HTTP_REQUESTS_PER_SECOND: '1' }, addRoutes)

  expect(new Set(await statuses(server, '/livez'))).toEqual(new Set([200]))
  expect(new Set(await statuses(server, '/gate'))).toEqual(new Set([200]))
})

test('while the event loop is late others are refused, and these are answered', async () => {
  const server = await serve({ HTTP_BUSY_AFTER_MS: '10' }, addRoutes)

  await expect
    .poll(
      async () => {
        const until = performance.now() + 100
        while (performance.now() < until);
        const response = await server.inject({ method: 'POST', url: '/endpoint' })
        return response.statusCode === 503 ? refusal(response) : response.statusCode
      },
      { timeout: 9_000, interval: 1 },
    )
    .toBe('503 busy: the service is too busy; try again in a second')
  expect((await server.inject('/gate')).statusCode).toBe(200)
  expect((await server.inject('/livez')).statusCode).toBe(200)
})

test('a delay that could not be measured refuses nobody', async () => {
  // Measured far more often than the event loop is sampled, most measures have nothing to go by.
  await using server = fastify()
  const config = loadConfig({ HTTP_BUSY_AFTER_MS: '60000' }, null)
  if (!config.ok) throw new Error(config.reason)
  await addLimits(server, config.value.http, 1)
  server.get('/endpoint', () => ({ done: true }))

  const answered = new Set<number>()
  for (let times = 0; times < 200; times++) {
    answered.add((await server.inject('/endpoint')).statusCode)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(answered).toEqual(new Set([200]))
})

describe('where tokens are asked for', () => {
  const token = 'admin-admin-admin-admin-admin-admin'
  const API_TOKENS = JSON.stringify([{ name: 'me', role: 'admin', token }])
  const known = { authorization: `Bearer ${token}` }
  const open = () => serve({ HTTP_UNKNOWN_REQUESTS_PER_SECOND: '5', API_TOKENS }, addRoutes)

  test.each(['/gate', '/endpoint', '/livez', '/readyz', '/nothing', '/metrics'])(
    'who has none is refused after a few requests: %s',
    async (url) => {
      const server = await open()
      const answers = await Promise.all(Array.from({ length: 12 }, () => server.inject(url)))
      const refused = answers.filter(({ statusCode }) => statusCode === 429)

      expect(refused.length).toBeGreaterThan(0)
      expect(refused[0]?.headers['retry-after']).toBe('1')
      expect(refused[0] && refusal(refused[0])).toMatch(/^429 too-many-requests: more than 5 requests without a valid/)
    },
  )

  test('a wrong one is as good as none, and who has one is answered meanwhile', async () => {
    const server = await open()
    const wrong = { authorization: `Bearer ${'x'.repeat(32)}` }
    const guesses = await Promise.all(Array.from({ length: 12 }, () => server.inject({ url: '/gate', headers: wrong })))
    expect(guesses.map(({ statusCode }) => statusCode)).toContain(429)

    const mine = await Promise.all(Array.from({ length: 50 }, () => server.inject({ url: '/gate', headers: known })))

    expect(new Set(mine.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  })

  test('another address is another matter', async () => {
    const server = await open()
    const [mine, other] = ['10.0.0.1', '10.0.0.2']
    await Promise.all(Array.from({ length: 12 }, () => server.inject({ url: '/livez', remoteAddress: mine })))

    expect((await server.inject({ url: '/livez', remoteAddress: other })).statusCode).toBe(200)
  })
})

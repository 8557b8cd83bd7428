import { expect, test } from 'vitest'
import type { HttpServer } from '../src/http/http-server.ts'
import { refusal, serve } from './serve.ts'

function addRoutes(server: HttpServer): void {
  server.post('/door', { config: { access: 'operate' } }, () => ({ done: true }))
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

  const { times, response } = await untilRefused(server, 'POST', '/door', 200)

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

  const { response } = await untilRefused(server, 'POST', '/door', 401)

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
        const response = await server.inject({ method: 'POST', url: '/door' })
        return response.statusCode === 503 ? refusal(response) : response.statusCode
      },
      { timeout: 9_000, interval: 1 },
    )
    .toBe('503 busy: the service is too busy; try again in a second')
  expect((await server.inject('/gate')).statusCode).toBe(200)
  expect((await server.inject('/livez')).statusCode).toBe(200)
})

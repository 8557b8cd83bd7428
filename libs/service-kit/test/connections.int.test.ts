import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { HttpServer } from '../src/http/typed-server.ts'
import { serve } from './serve.ts'

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

const HALF_HEADERS = 'GET /gate HTTP/1.1\r\nHost: 127.0.0.1\r\n'
const HALF_BODY = 'POST /endpoint HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"half":'
const SILENCE = ''
/** The queue of the system for new connections is short. */
const AT_ONCE = 250

let release = () => undefined as unknown
let slowRequests = 0
async function listening(env: Readonly<Record<string, string>> = {}): Promise<number> {
  slowRequests = 0
  const released = new Promise((resolve) => {
    release = () => resolve(undefined)
  })
  const addRoutes = (server: HttpServer) => {
    server.get('/gate', { config: { access: 'read', evenWhenBusy: true } }, () => ({ allowed: true }))
    server.post('/endpoint', { config: { access: 'read' } }, () => ({ done: true }))
    server.get('/slow', { config: { access: 'read' } }, async () => {
      slowRequests += 1
      await released
      return { slow: true }
    })
  }
  const server = await serve(env, addRoutes)
  await server.listen({ host: '0.0.0.0', port: 0 })
  return (server.server.address() as AddressInfo).port
}

/** Sends the beginning of a request from an address, and no more. */
async function sendHalf(port: number, text: string, localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress })
  sockets.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect').catch(() => undefined)
  socket.write(text)
  return socket
}

async function flood(port: number, count: number, text: string, from: (index: number) => string): Promise<void> {
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => sendHalf(port, text, from(sent + index))))
  }
}

/** The status of a whole request on a connection of its own. */
function ask(port: number, localAddress: string, path = '/gate'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, localAddress, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject).end()
  })
}

describe('thousands of connections from one address shut out nobody:', () => {
  test.each([
    [5_000, 'with half of the headers', HALF_HEADERS],
    [2_000, 'with half of a body', HALF_BODY],
    [2_000, 'with nothing at all', SILENCE],
  ])(
    '%d %s',
    async (count, _name, text) => {
      const port = await listening()
      await flood(port, count, text, () => '127.0.0.1')

      expect(await ask(port, '127.0.0.2')).toBe(200)
      // Its place is that of the oldest half request.
      expect(await ask(port, '127.0.0.1')).toBe(200)
    },
    60_000,
  )
})

test('nor do as many from many addresses', async () => {
  const port = await listening({ HTTP_CONNECTIONS_MAX: '300' })
  await flood(port, 1_000, HALF_HEADERS, (index) => `127.0.1.${1 + (index % 50)}`)

  expect(await ask(port, '127.0.0.2')).toBe(200)
  expect(await ask(port, '127.0.1.1')).toBe(200)
})

test('who waits for an answer keeps the connection, and who would be one more is refused', async () => {
  const port = await listening({ HTTP_CONNECTIONS_PER_ADDRESS_MAX: '2' })
  const slow = [ask(port, '127.0.0.1', '/slow'), ask(port, '127.0.0.1', '/slow')]
  await expect.poll(() => slowRequests).toBe(2)

  await expect(ask(port, '127.0.0.1')).rejects.toThrow()
  expect(await ask(port, '127.0.0.2')).toBe(200)

  release()

  expect(await Promise.all(slow)).toEqual([200, 200])
  expect(await ask(port, '127.0.0.1')).toBe(200)
})

test.each([
  ['half of the headers', HALF_HEADERS, {}],
  ['half of a body', HALF_BODY, { HTTP_REQUEST_WITHIN_MS: '300' }],
  ['nothing at all', SILENCE, {}],
])('what does not come in time is ended: %s', async (_name, text, env) => {
  const port = await listening({ HTTP_HEADERS_WITHIN_MS: '300', ...env })
  const half = await sendHalf(port, text, '127.0.0.1')
  let answer = ''
  half.setEncoding('utf8').on('data', (part) => {
    answer += part
  })

  await once(half, 'close')

  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
})

import { expect, test } from 'vitest'
import { answerClientError } from '../src/http/errors.ts'
import { refusal, serve } from './serve.ts'

const config = { access: 'operate' } as const

async function answerOf(request: {
  readonly method?: 'GET' | 'POST'
  readonly url: string
  readonly payload?: string
  readonly headers?: Record<string, string>
}): Promise<string> {
  const server = await serve({ HTTP_BODY_LIMIT_BYTES: '1024' }, (made) => {
    made.post('/take', { config }, () => ({}))
    made.get('/of/:id', { config }, () => ({}))
    made.get('/fails', { config }, () => {
      throw Object.assign(new Error('secret'), { code: 'ECONNREFUSED' })
    })
    made.get('/teapot', { config }, () => {
      throw Object.assign(new Error('no coffee'), { code: 'ANY_LIBRARY_CODE', statusCode: 418 })
    })
  })
  return refusal(await server.inject(request))
}

const take = { method: 'POST', url: '/take' } as const

test.each([
  [
    'a body that is too large',
    { ...take, payload: 'x'.repeat(1_025) },
    /^413 body-too-large: the body is larger than 1024 bytes; send less, or raise HTTP_BODY_LIMIT_BYTES$/,
  ],
  [
    'a length that is none',
    { ...take, payload: 'x', headers: { 'content-length': '7' } },
    /^400 invalid-content-length: /,
  ],
  ['a path that cannot be decoded', { url: '/of/%zz' }, /^400 invalid-path: the path \/of\/\.\.\. is not valid$/],
  [
    'a part of a path that is too long',
    { url: `/of/${'x'.repeat(300)}` },
    /^414 path-too-long: a part of the path \/of\/x+\.\.\. is too long$/,
  ],
  ['an unknown path', { url: '/nothing' }, /^404 not-found: not found: GET \/nothing$/],
  [
    'a path of another service',
    { url: '/other' },
    /^404 not-found: not found: GET \/other; the other service answers it$/,
  ],
  ['an error of the service', { url: '/fails' }, /^500 internal-error: internal error; see the log of the service$/],
  ['any other refusal of a library', { url: '/teapot' }, /^418 invalid-request: no coffee$/],
] as const)('%s is refused with a code of our own', async (_name, request, refused) => {
  expect(await answerOf(request)).toMatch(refused)
})

test.each([
  ['HPE_HEADER_OVERFLOW', 431, 'headers-too-large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'request-timeout'],
  ['HPE_INVALID_METHOD', 400, 'invalid-http'],
])('data that is not HTTP, %s, is refused with a code of our own', (code, status, own) => {
  const said: string[] = []
  const socket = { writable: true, end: (text: string) => said.push(text) }
  answerClientError(
    Object.assign(new Error('bad'), { code }),
    socket as unknown as Parameters<typeof answerClientError>[1],
  )
  expect(said.join()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(JSON.parse(said.join().split('\r\n\r\n')[1] ?? '')).toEqual({
    error: { code: own, message: 'not valid HTTP: bad' },
  })
})

import Type from 'typebox'
import { expect, test } from 'vitest'
import type { HttpServer } from '../src/http/typed-server.ts'
import { refusal, serve } from './serve.ts'

const strict = { additionalProperties: false } as const
const Pause = Type.Object(
  {
    reason: Type.String({ minLength: 1, description: 'a reason' }),
    minutes: Type.Optional(Type.Integer({ minimum: 1, description: 'a whole number, 1 or more' })),
  },
  strict,
)
const Page = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'a whole number, 1 to 100' })) },
  strict,
)
const Version = Type.Object({ version: Type.Integer({ minimum: 1, description: 'a whole number, 1 or more' }) })

function addRoutes(server: HttpServer): void {
  const config = { access: 'operate' } as const
  server.post('/pause', { config, schema: { body: Pause } }, ({ body }) => ({ body }))
  server.post('/bytes', { config }, ({ body }) => ({ bytes: body instanceof Uint8Array ? body.length : null }))
  server.get('/events', { config, schema: { querystring: Page } }, ({ query }) => ({ query }))
  server.get('/explain/:version', { config, schema: { params: Version } }, ({ params }) => ({ params }))
}

const post = async (url: string, payload: string | Buffer, type = 'application/json') =>
  (await serve({}, addRoutes)).inject({ method: 'POST', url, payload, headers: { 'content-type': type } })
const get = async (url: string) => (await serve({}, addRoutes)).inject(url)

test.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
  'a body with a schema reaches the handler as its value, sent as %s',
  async (type) => {
    expect((await post('/pause', '{"reason": "holiday", "minutes": 5}', type)).json()).toEqual({
      body: { reason: 'holiday', minutes: 5 },
    })
  },
)

test('a body without a schema reaches the handler as its bytes', async () => {
  expect((await post('/bytes', Buffer.from([0xff, 0x00, 0x7b]))).json()).toEqual({ bytes: 3 })
})

test.each([
  ['', 'reason is missing'],
  ['{"reason": 5}', 'reason must be a reason, got 5'],
  ['{"reason": "x", "minutes": "5"}', 'minutes must be a whole number, 1 or more, got "5"'],
  ['{"reason": "x", "minutes": 0}', 'minutes must be a whole number, 1 or more, got 0'],
  ['{"reason": "x", "minute": 5}', 'unknown field "minute", did you mean "minutes"?'],
  ['{"reson": "x"}', 'reason is missing; unknown field "reson", did you mean "reason"?'],
  ['["reason"]', 'must be a JSON object'],
  ['null', 'must be a JSON object, got null'],
  ['{"reason"', 'the body is not JSON'],
  ['{"amount": 1000.00000000000000001}', 'amount has 21 significant digits: a JSON number may have 15'],
  ['{"reason": "x", "__proto__": {"minutes": 5}}', 'unknown field "__proto__"'],
])('the body %s is refused with every field at fault', async (payload, message) => {
  const refused = refusal(await post('/pause', payload))

  expect(refused).toMatch(/^400 invalid-body: /)
  expect(refused).toContain(message)
})

test('a body that is nested too deep is refused before anything walks over it', async () => {
  const nested = (levels: number) => `{"reason": ${'['.repeat(levels)}${']'.repeat(levels)}}`

  expect(refusal(await post('/pause', nested(63)))).toMatch(/^400 invalid-body: reason must be a reason, got /)
  for (const levels of [64, 30_000]) {
    expect(refusal(await post('/pause', nested(levels)))).toBe(
      '400 invalid-body: the body is nested deeper than 64 levels',
    )
  }
  // Brackets of a text are no levels.
  expect((await post('/pause', JSON.stringify({ reason: '['.repeat(1_000) }))).statusCode).toBe(200)
})

test('bytes that are no text are refused', async () => {
  expect(refusal(await post('/pause', Buffer.from([0xff, 0xfe])))).toBe('400 invalid-body: the body is not UTF-8 text')
})

test('numbers in a path and a query are read as such, and refused in the same words', async () => {
  expect((await get('/events?limit=20')).json()).toEqual({ query: { limit: 20 } })
  expect((await get('/explain/7')).json()).toEqual({ params: { version: 7 } })
  expect(refusal(await get('/events?limit=many'))).toBe(
    '400 invalid-query: the query: limit must be a whole number, 1 to 100, got "many"',
  )
  expect(refusal(await get('/events?limit=101'))).toContain('limit must be a whole number, 1 to 100, got 101')
  expect(refusal(await get('/events?limt=1'))).toContain('unknown field "limt", did you mean "limit"?')
  expect(refusal(await get('/explain/0'))).toContain('400 invalid-path: the path: version must be')
})

test('a schema of a body that is no object does not start', async () => {
  const server = await serve({}, (routes) => {
    const config = { access: 'operate' } as const
    routes.post('/list', { config, schema: { body: Type.Array(Type.String()) } }, () => ({}))
  })

  await expect(server.ready()).rejects.toThrow('must be a Type.Object')
})

test('a body above the limit is refused, whatever its length says', async () => {
  const server = await serve({ HTTP_BODY_LIMIT_BYTES: '1024' }, addRoutes)
  const statusOf = async (bytes: number) =>
    (await server.inject({ method: 'POST', url: '/bytes', payload: Buffer.alloc(bytes) })).statusCode

  expect(await statusOf(1024)).toBe(200)
  expect(await statusOf(1025)).toBe(413)
})

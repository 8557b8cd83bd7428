import Type from 'typebox'
import { expect, test } from 'vitest'
import type { HttpServer } from '../src/http/typed-server.ts'
import { serve } from './serve.ts'

function addRoutes(server: HttpServer): void {
  const Flags = Type.Object({ enable_persistence: Type.Boolean({ description: 'true or false' }) }, { $id: 'Flags' })
  const params = Type.Object({ id: Type.String({ description: 'the id of a trader' }) })
  const takes = Type.Object({ equity: Type.Number() })
  server.post('/api/bytes', { config: { access: 'operate', takes, aboutTraders: () => [] } }, () => ({}))
  server.post('/api/flags/:id', { config: { access: 'admin' }, schema: { body: Flags, params } }, () => ({}))
}

interface OpenApi {
  readonly openapi: string
  readonly info: { readonly title: string }
  readonly components: { readonly securitySchemes: object }
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
}

test('the documents tell of every route what it takes and whom it lets in', async () => {
  const server = await serve({}, addRoutes)

  const document = (await server.inject('/docs/json')).json<OpenApi>()

  expect(document.openapi).toMatch(/^3\.1/)
  expect(document.info.title).toBe('Drawbridge test')
  expect(document.components.securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } })
  expect(Object.keys(document.paths)).toEqual(['/livez', '/readyz', '/metrics', '/api/bytes', '/api/flags/{id}'])
  expect(document.paths['/livez']?.get).toMatchObject({ security: [], 'x-access': 'open' })
  expect(document.paths['/api/bytes']?.post).toMatchObject({
    'x-bots': 'own',
    description: 'Needs the role "operate", or the role "bot" for its own traders, once tokens are configured.',
    requestBody: { content: { 'application/json': { schema: { properties: { equity: { type: 'number' } } } } } },
  })
  expect(document.paths['/api/flags/{id}']?.post).toMatchObject({
    security: [{ token: [] }],
    'x-access': 'admin',
    'x-bots': 'none',
    parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { properties: { enable_persistence: { type: 'boolean' } } } },
      },
    },
    responses: { '4XX': { content: { 'application/json': { schema: { required: ['error'] } } } } },
  })
})

test('a page shows them, from files of its own', async () => {
  const server = await serve({}, addRoutes)

  const page = await server.inject('/docs')
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-type']).toContain('text/html')
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    expect((await server.inject(new URL(file, 'http://localhost/docs/').pathname)).statusCode).toBe(200)
  }
})

test.each(['/docs/nothing', '/docs/static/nothing.js', '/docs/static/..%2f..%2f..%2fpackage.json'])(
  'there is nothing else below it: %s',
  async (url) => {
    const server = await serve({}, addRoutes)

    expect((await server.inject(url)).statusCode).toBe(404)
  },
)

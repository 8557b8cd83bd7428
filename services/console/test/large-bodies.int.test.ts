import { afterAll, beforeAll, expect, test } from 'vitest'
import { Scene } from './scene.ts'

const MEBIBYTE = 1_048_576

let scene: Scene
beforeAll(async () => {
  // How late the event loop is on a busy machine is not the subject.
  scene = await Scene.open({ HTTP_BODY_LIMIT_BYTES: String(MEBIBYTE), HTTP_BUSY_AFTER_MS: '60000' })
})
afterAll(() => scene.close())

const many = (count: number, entry: (index: number) => readonly [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)))

/** Each of about as many bytes as a body may have, but for the first. */
const bodies: readonly (readonly [name: string, body: object | string, message: RegExp])[] = [
  [
    '2,500 faults',
    { traders: many(2_500, (index) => [`bot ${index}`, { max_daily_los: 1 }]) },
    /^traders: trader id "bot 0" must be .*; and more$/,
  ],
  ['60,000 unknown fields', many(60_000, (index) => [`field_${index}`, 1]), /^unknown field "field_0" .*; and more$/],
  [
    '30,000 fields that are nearly known',
    many(30_000, (index) => [`max_daily_loss${index}`, 1]),
    /^unknown field "max_daily_loss0", did you mean "max_daily_loss"\?/,
  ],
  [
    '30,000 unknown limits of one trader',
    { traders: { bot1: many(30_000, (index) => [`max_daily_loss${index}`, 1]) } },
    /^traders\.bot1: unknown field .*; and more$/,
  ],
  ['a name of a million letters', { ['x'.repeat(1_000_000)]: 1 }, /^unknown field "x+/],
  ['a list of 300,000', { traders: Array.from({ length: 300_000 }, () => ({})) }, /^traders must be an object/],
  ['100,000 lists in one another', '['.repeat(100_000) + ']'.repeat(100_000), /nested deeper than 64 levels$/],
  ['objects in one another', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /nested deeper than 64 levels$/],
  ['lists that never end', '['.repeat(1_000_000), /nested deeper than 64 levels$/],
]

test.each(bodies)('limits with %s are refused in a few words, and reach no log', async (_name, body, message) => {
  const before = await scene.inputCount()
  for (const path of ['/api/limits', '/api/limits/bot1']) {
    const refused = await scene.ask<{ error: { message: string } }>('PUT', path, body)

    expect(refused).toMatchObject({ status: 400 })
    expect(refused.body.error.message.length).toBeLessThan(10_000)
    if (path === '/api/limits') expect(refused.body.error.message).toMatch(message)
  }
  expect(await scene.inputCount()).toBe(before)
})

test.each([
  ['a query', '/api/events?trader[a][b][c][d]=1&after[x]=2&type=no', {}],
  ['a long query', `/api/events?${'a[b]'.repeat(2_000)}=1&type=no`, {}],
  ['a header', '/api/limits', { 'if-match': '['.repeat(8_000), 'idempotency-key': '{'.repeat(4_000) }],
])('%s is a text, however many brackets it has', async (_name, path, headers) => {
  const method = path === '/api/limits' ? 'PUT' : 'GET'
  const { status } = await scene.ask(method, path, method === 'PUT' ? { max_drawdown: 5 } : undefined, headers)

  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
})
